//! Answers of workers that are values, and not documents for clients.

use super::body;
use super::lanes::ServiceAnswer;
use super::problem::ProblemDetails;
use super::service::{Current, Service};
use crate::worker::Task;
use axum::http::StatusCode;
use serde::de::DeserializeOwned;

/// Bytes of a value.
const BYTES: usize = 16 << 20;

/// Has a task done by a worker, and reads what it answers.
///
/// # Errors
/// The task fails, or takes too much.
pub async fn of<T: DeserializeOwned>(
    service: &Service,
    current: &Current,
    task: &Task,
) -> Result<T, ProblemDetails> {
    let deadline = service.deadline(None);
    let answer = service.lanes.answer(&current.pool, task, deadline).await?;
    let bytes = match answer {
        ServiceAnswer::Whole(whole) => Some(whole.body),
        ServiceAnswer::Stream(stream) => body::whole(stream, BYTES).await,
    };
    let bytes = bytes.ok_or_else(|| {
        ProblemDetails::new(
            StatusCode::SERVICE_UNAVAILABLE,
            "the answer takes too long, or is too long",
        )
    })?;
    serde_json::from_slice(&bytes).map_err(|_| {
        ProblemDetails::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "the answer of the worker cannot be read",
        )
    })
}
