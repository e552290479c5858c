//! Upgraded connections, such as WebSockets: bytes both ways until one side ends, or the instance is to go.

use std::pin::pin;
use std::time::Duration;

use hyper::upgrade::OnUpgrade;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};

use super::table::InFlight;
use super::worker::Open;

/// After our FIN the client has this long to send its own; what it still sends is read, or the kernel would reset.
const LINGER: Duration = Duration::from_secs(1);

/// Copies between client and instance. The connection counts as in flight until it ends.
pub async fn run(client: OnUpgrade, instance: OnUpgrade, in_flight: InFlight, open: Open) {
    let (Ok(client), Ok(instance)) = tokio::join!(client, instance) else {
        return;
    };
    let mut client = TokioIo::new(client);
    let mut instance = TokioIo::new(instance);
    let server = in_flight.0.clone();
    let cut = {
        let mut copying = pin!(copy_bidirectional(&mut client, &mut instance));
        tokio::select! {
            // However it ended, there is nobody to be told.
            _ = &mut copying => false,
            // It outlived the drain. The instance may say goodbye first.
            () = server.leaving() => {
                server.count_cut();
                tokio::select! {
                    _ = &mut copying => false,
                    () = server.cut_signal() => true,
                }
            }
        }
    };
    if cut {
        drop(instance);
        drop(in_flight);
    }
    if client.shutdown().await.is_ok() && cut {
        let mut scrap = [0; 4096];
        let _ = tokio::time::timeout(LINGER, async {
            while matches!(client.read(&mut scrap).await, Ok(length) if length > 0) {}
        })
        .await;
    }
    drop(open);
}
