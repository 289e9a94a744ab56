//! The protocol on standard input and output.

use super::Assistant;
use crate::serve::{ServeError, ServeOptions, Service, builds, listen};
use rmcp::service::ServerInitializeError;
use std::io;
use std::sync::Arc;

/// Answers an assistant on standard input and output until it leaves, or the process is asked to stop. Nothing is
/// listened at.
///
/// # Errors
/// Nothing is published, or the messages are not of the protocol.
pub fn run(options: ServeOptions) -> Result<(), ServeError> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let answered = runtime.block_on(answer(options));
    // A read of standard input that waits is not waited for.
    runtime.shutdown_background();
    answered
}

async fn answer(options: ServeOptions) -> Result<(), ServeError> {
    let address = options.listen;
    let service = Arc::new(Service::start(options, address).await?);
    let watching = tokio::spawn(builds::watch(Arc::clone(&service)));
    let assistant = Assistant::new(service);
    let talk = async {
        let running = match rmcp::serve_server(assistant, rmcp::transport::stdio()).await {
            Ok(running) => running,
            // It left before it said anything.
            Err(ServerInitializeError::ConnectionClosed(_)) => return Ok(()),
            Err(error) => return Err(io::Error::other(error.to_string())),
        };
        running.waiting().await.map(drop).map_err(io::Error::other)
    };
    let stop = listen::stop()?;
    let answered = tokio::select! {
        answered = talk => answered,
        () = stop => Ok(()),
    };
    watching.abort();
    Ok(answered?)
}
