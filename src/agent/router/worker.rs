//! A thread that serves connections, with a runtime of its own.

use std::collections::HashMap;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::thread;
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::Shared;
use super::pool::Pool;
use super::proxy::Proxy;
use crate::agent::note;

/// How a worker is told.
pub struct Worker {
    orders: UnboundedSender<Order>,
    shut_down: watch::Sender<bool>,
}

enum Order {
    Listen(u16, TcpListener),
    Close(u16),
}

impl Worker {
    pub fn start(shared: Arc<Shared>) -> std::io::Result<Self> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_io()
            .enable_time()
            .build()?;
        let (orders, inbox) = unbounded_channel();
        let (shut_down, told) = watch::channel(false);
        thread::Builder::new()
            .name("worker".into())
            .spawn(move || runtime.block_on(serve(shared, inbox, told)))?;
        Ok(Worker { orders, shut_down })
    }

    pub fn listen(&self, port: u16, listener: TcpListener) {
        // The thread lives as long as the process.
        let _ = self.orders.send(Order::Listen(port, listener));
    }

    pub fn close(&self, port: u16) {
        let _ = self.orders.send(Order::Close(port));
    }

    /// Closes idle connections, and the others after the answer that is under way.
    pub fn shut_down(&self) {
        self.shut_down.send_replace(true);
    }
}

async fn serve(shared: Arc<Shared>, mut inbox: UnboundedReceiver<Order>, told: watch::Receiver<bool>) {
    let pool = Pool::new();
    let mut accepting: HashMap<u16, Vec<JoinHandle<()>>> = HashMap::new();
    while let Some(order) = inbox.recv().await {
        match order {
            Order::Listen(port, listener) => {
                let listener = match tokio::net::TcpListener::from_std(listener) {
                    Ok(listener) => listener,
                    Err(error) => {
                        note(&format!("router: cannot accept on port {port}: {error}"));
                        continue;
                    }
                };
                let proxy = Proxy::new(shared.clone(), pool.clone(), port);
                let task = tokio::spawn(accept(listener, shared.clone(), proxy, told.clone()));
                accepting.entry(port).or_default().push(task);
            }
            Order::Close(port) => {
                for task in accepting.remove(&port).unwrap_or_default() {
                    task.abort();
                }
            }
        }
    }
}

async fn accept(
    listener: tokio::net::TcpListener,
    shared: Arc<Shared>,
    proxy: Arc<Proxy>,
    told: watch::Receiver<bool>,
) {
    loop {
        match listener.accept().await {
            Ok((stream, peer)) => {
                let _ = stream.set_nodelay(true);
                let proxy = proxy.clone();
                tokio::spawn(connection(
                    stream,
                    peer.ip(),
                    Open::new(shared.clone()),
                    proxy,
                    told.clone(),
                ));
            }
            // Out of descriptors, or the client was quicker: neither may spin.
            Err(_) => tokio::time::sleep(Duration::from_millis(10)).await,
        }
    }
}

async fn connection(
    stream: TcpStream,
    peer: std::net::IpAddr,
    open: Open,
    proxy: Arc<Proxy>,
    mut told: watch::Receiver<bool>,
) {
    let service = service_fn(|request| proxy.clone().answer(request, peer));
    // Not `pipeline_flush`: it would keep back the answer to an upgrade whose client sends on at once.
    let serving = http1::Builder::new()
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(serving);
    // A connection that breaks has nobody to be told about it.
    tokio::select! {
        _ = serving.as_mut() => {}
        () = async { drop(told.wait_for(|told| *told).await) } => {
            serving.as_mut().graceful_shutdown();
            let _ = serving.await;
        }
    }
    drop(open);
}

/// An open connection or tunnel; counted until it is dropped.
pub struct Open(Arc<Shared>);

impl Open {
    pub fn new(shared: Arc<Shared>) -> Self {
        shared.open.fetch_add(1, Ordering::SeqCst);
        Open(shared)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::SeqCst);
    }
}
