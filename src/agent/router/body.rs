//! What clients get: an instance's answer as it streams, or a few words of the router's own.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};

use super::pool::{Connection, Pool};
use super::table::InFlight;

pub enum Answer {
    Streamed(Box<Streamed>),
    Words(Option<Bytes>),
}

/// An instance's answer. While it lives its request is in flight; when it ended well its connection goes back to the pool.
pub struct Streamed {
    pub incoming: Incoming,
    pub in_flight: InFlight,
    pub connection: Option<Connection>,
    pub pool: Arc<Pool>,
}

impl Streamed {
    fn finish(&mut self) {
        if let Some(connection) = self.connection.take() {
            self.pool.put(&self.in_flight.0, connection);
        }
    }
}

impl Drop for Streamed {
    /// An answer without a body is never polled; one that was cut short has no connection worth keeping.
    fn drop(&mut self) {
        if self.incoming.is_end_stream() {
            self.finish();
        }
    }
}

impl Body for Answer {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match &mut *self {
            Answer::Words(words) => Poll::Ready(words.take().map(|words| Ok(Frame::data(words)))),
            Answer::Streamed(streamed) => {
                let polled = Pin::new(&mut streamed.incoming).poll_frame(cx);
                match &polled {
                    Poll::Ready(None) => streamed.finish(),
                    Poll::Ready(Some(Err(_))) if streamed.in_flight.0.is_retired() => streamed.in_flight.0.count_cut(),
                    _ => {}
                }
                polled
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Answer::Words(words) => words.is_none(),
            Answer::Streamed(streamed) => streamed.incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Answer::Words(words) => SizeHint::with_exact(words.as_ref().map_or(0, |words| words.len() as u64)),
            Answer::Streamed(streamed) => streamed.incoming.size_hint(),
        }
    }
}

/// What instances get: a client's body as it streams, or none.
pub enum Outgoing {
    Streamed(Incoming),
    Empty,
}

impl Outgoing {
    pub fn of(incoming: Incoming) -> Self {
        if incoming.is_end_stream() {
            return Outgoing::Empty;
        }
        Outgoing::Streamed(incoming)
    }
}

impl Body for Outgoing {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        match &mut *self {
            Outgoing::Streamed(incoming) => Pin::new(incoming).poll_frame(cx),
            Outgoing::Empty => Poll::Ready(None),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Outgoing::Streamed(incoming) => incoming.is_end_stream(),
            Outgoing::Empty => true,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Outgoing::Streamed(incoming) => incoming.size_hint(),
            Outgoing::Empty => SizeHint::with_exact(0),
        }
    }
}
