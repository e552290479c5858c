//! One JSON document a line over a Unix socket, with open descriptors beside it where a message hands some over.

use std::collections::VecDeque;
use std::io::{self, IoSlice, IoSliceMut};
use std::mem::MaybeUninit;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use rustix::net::{
    RecvAncillaryBuffer, RecvAncillaryMessage, RecvFlags, SendAncillaryBuffer, SendAncillaryMessage, SendFlags,
};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// The longest message in bytes. The largest real one is the route table of a machine with hundreds of services.
const MESSAGE_MAX: usize = 16 * 1024 * 1024;

/// Descriptors in one message. The kernel allows 253 (SCM_MAX_FD); ours carry one each.
const DESCRIPTORS_MAX: usize = 8;

/// One end of a conversation.
pub struct Wire {
    stream: UnixStream,
    /// Bytes received and not yet given out; those before `scanned` hold no newline.
    buffer: Vec<u8>,
    scanned: usize,
    descriptors: VecDeque<OwnedFd>,
}

impl Wire {
    pub fn new(stream: UnixStream) -> Self {
        Wire {
            stream,
            buffer: Vec::new(),
            scanned: 0,
            descriptors: VecDeque::new(),
        }
    }

    pub fn connect(path: &Path) -> io::Result<Self> {
        UnixStream::connect(path).map(Wire::new)
    }

    /// A read or write that takes longer fails with `WouldBlock`.
    pub fn limit(&self, limit: Option<Duration>) -> io::Result<()> {
        let limit = limit.map(|limit| limit.max(Duration::from_millis(1)));
        self.stream.set_read_timeout(limit)?;
        self.stream.set_write_timeout(limit)
    }

    /// A second handle that only sends.
    pub fn sender(&self) -> io::Result<Sender> {
        self.stream.try_clone().map(|stream| Sender { stream })
    }

    pub fn send<T: Serialize>(&self, message: &T) -> io::Result<()> {
        send(&self.stream, message, &[])
    }

    /// The next message; `None` when the other end is gone.
    pub fn receive<T: DeserializeOwned>(&mut self) -> io::Result<Option<T>> {
        loop {
            if let Some(end) = self.buffer[self.scanned..].iter().position(|byte| *byte == b'\n') {
                let end = self.scanned + end;
                let message = serde_json::from_slice(&self.buffer[..end]).map_err(io::Error::from)?;
                self.buffer.drain(..=end);
                self.scanned = 0;
                return Ok(Some(message));
            }
            self.scanned = self.buffer.len();
            if self.scanned > MESSAGE_MAX {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "a message without an end"));
            }
            if self.fill()? == 0 {
                return Ok(None);
            }
        }
    }

    /// The descriptor that came with the last message received, in the order of messages.
    pub fn descriptor(&mut self) -> Option<OwnedFd> {
        self.descriptors.pop_front()
    }

    fn fill(&mut self) -> io::Result<usize> {
        let mut bytes = [0; 16 * 1024];
        let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS_MAX))];
        let mut ancillary = RecvAncillaryBuffer::new(&mut space);
        #[cfg(target_os = "linux")]
        let flags = RecvFlags::CMSG_CLOEXEC;
        #[cfg(not(target_os = "linux"))]
        let flags = RecvFlags::empty();
        let received = loop {
            let mut slices = [IoSliceMut::new(&mut bytes)];
            match rustix::net::recvmsg(&self.stream, &mut slices, &mut ancillary, flags) {
                Err(rustix::io::Errno::INTR) => {}
                other => break other?,
            }
        };
        for message in ancillary.drain() {
            if let RecvAncillaryMessage::ScmRights(descriptors) = message {
                self.descriptors.extend(descriptors);
            }
        }
        self.buffer.extend_from_slice(&bytes[..received.bytes]);
        Ok(received.bytes)
    }
}

impl AsFd for Wire {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

/// The sending half of a [`Wire`].
pub struct Sender {
    stream: UnixStream,
}

impl Sender {
    pub fn send<T: Serialize>(&self, message: &T) -> io::Result<()> {
        send(&self.stream, message, &[])
    }

    /// Sends `message` with `descriptor` beside it; the receiver gets a copy of its own.
    pub fn send_with<T: Serialize>(&self, message: &T, descriptor: BorrowedFd<'_>) -> io::Result<()> {
        send(&self.stream, message, &[descriptor])
    }

    /// Ends the conversation for both halves, wherever a thread of ours waits in one.
    pub fn hang_up(&self) {
        // Fails only when the other end was quicker.
        let _ = self.stream.shutdown(std::net::Shutdown::Both);
    }
}

impl AsFd for Sender {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.stream.as_fd()
    }
}

fn send<T: Serialize>(stream: &UnixStream, message: &T, descriptors: &[BorrowedFd<'_>]) -> io::Result<()> {
    let mut line = serde_json::to_vec(message)?;
    line.push(b'\n');
    let mut space = [MaybeUninit::uninit(); rustix::cmsg_space!(ScmRights(DESCRIPTORS_MAX))];
    let mut ancillary = SendAncillaryBuffer::new(&mut space);
    if !descriptors.is_empty() && !ancillary.push(SendAncillaryMessage::ScmRights(descriptors)) {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "too many descriptors for one message",
        ));
    }
    #[cfg(target_os = "linux")]
    let flags = SendFlags::NOSIGNAL;
    #[cfg(not(target_os = "linux"))]
    let flags = SendFlags::empty();
    let mut rest = &line[..];
    while !rest.is_empty() {
        match rustix::net::sendmsg(stream, &[IoSlice::new(rest)], &mut ancillary, flags) {
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
            Ok(sent) => {
                // Descriptors go with the first byte and only once.
                ancillary.clear();
                rest = &rest[sent..];
            }
        }
    }
    Ok(())
}

/// Whether the process at the other end belongs to this user or to root.
pub fn is_trusted(stream: &UnixStream) -> bool {
    #[cfg(target_os = "linux")]
    let peer = nix::sys::socket::getsockopt(stream, nix::sys::socket::sockopt::PeerCredentials).map(|peer| peer.uid());
    #[cfg(not(target_os = "linux"))]
    let peer = nix::sys::socket::getsockopt(stream, nix::sys::socket::sockopt::LocalPeerCred).map(|peer| peer.uid());
    peer.is_ok_and(|uid| uid == 0 || uid == nix::unistd::Uid::effective().as_raw())
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};

    use super::*;

    #[test]
    fn messages_arrive_whole_and_in_order_whatever_their_size() {
        let (near, far) = UnixStream::pair().unwrap();
        let long = "x".repeat(300_000);
        let expected = vec!["one".to_owned(), long.clone(), "tab\tnewline\n".to_owned()];
        let sent = expected.clone();
        let thread = std::thread::spawn(move || {
            let wire = Wire::new(near);
            for message in &sent {
                wire.send(message).unwrap();
            }
        });
        let mut wire = Wire::new(far);
        let mut received = Vec::new();
        while let Some(message) = wire.receive::<String>().unwrap() {
            received.push(message);
        }
        thread.join().unwrap();
        assert_eq!(received, expected);
    }

    #[test]
    fn a_descriptor_travels_with_its_message() {
        let (near, far) = UnixStream::pair().unwrap();
        let (mut kept, given) = UnixStream::pair().unwrap();
        Wire::new(near).sender().unwrap().send_with(&1, given.as_fd()).unwrap();
        drop(given);
        let mut wire = Wire::new(far);
        assert_eq!(wire.receive::<u32>().unwrap(), Some(1));
        let mut arrived = UnixStream::from(wire.descriptor().unwrap());
        assert!(wire.descriptor().is_none());
        arrived.write_all(b"hi").unwrap();
        drop(arrived);
        let mut text = String::new();
        kept.read_to_string(&mut text).unwrap();
        assert_eq!(text, "hi");
    }

    #[test]
    fn junk_is_an_error_and_not_a_panic() {
        let (mut near, far) = UnixStream::pair().unwrap();
        near.write_all(b"\xff\xfe not json\n").unwrap();
        assert!(Wire::new(far).receive::<u32>().is_err());
    }
}
