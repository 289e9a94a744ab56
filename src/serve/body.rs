//! Bodies of responses.

use super::lanes::{AnswerPart, AnswerStream};
use axum::body::{Body, Bytes, HttpBody};
use futures_util::{StreamExt, stream};
use http_body_util::BodyExt;
use hyper::body::{Frame, SizeHint};
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

/// A body of an answer as it comes. Where the answer is cut the body fails, so that the connection breaks.
pub fn of_stream(stream: AnswerStream) -> Body {
    let parts = stream::unfold(Some(stream.parts), |parts| async {
        let mut parts = parts?;
        match parts.recv().await {
            Some(AnswerPart::Bytes(bytes)) => Some((Ok(Bytes::from(bytes)), Some(parts))),
            Some(AnswerPart::End) => None,
            None => Some((Err(cut()), None)),
        }
    });
    // What compresses a body asks again after its end.
    Body::from_stream(parts.fuse())
}

/// The whole of an answer that comes in parts; `None` where it is cut, or longer than `limit`.
pub async fn whole(mut stream: AnswerStream, limit: usize) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        match stream.parts.recv().await? {
            AnswerPart::Bytes(bytes) if whole.len() + bytes.len() <= limit => {
                whole.extend_from_slice(&bytes);
            }
            AnswerPart::Bytes(_) => return None,
            AnswerPart::End => return Some(whole),
        }
    }
}

fn cut() -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, "the answer was cut")
}

/// How a body ended.
#[derive(Debug, Clone, Copy)]
pub struct BodyEnd {
    /// Its bytes.
    pub bytes: u64,
    /// Whether they are all.
    pub whole: bool,
}

/// A body whose end is heard of, whether it was read to its end or not.
pub struct WatchedBody<F: FnOnce(BodyEnd)> {
    body: Body,
    ending: BodyEnd,
    then: Option<F>,
}

impl<F: FnOnce(BodyEnd)> WatchedBody<F> {
    /// Calls `then` when the body has ended.
    pub fn new(body: Body, then: F) -> Self {
        Self {
            ending: BodyEnd {
                bytes: 0,
                whole: body.is_end_stream(),
            },
            body,
            then: Some(then),
        }
    }
}

impl<F: FnOnce(BodyEnd) + Unpin> HttpBody for WatchedBody<F> {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let frame = ready!(Pin::new(&mut self.body).poll_frame(context));
        match &frame {
            Some(Ok(frame)) => {
                self.ending.bytes += frame.data_ref().map_or(0, |data| data.len() as u64);
                self.ending.whole = self.body.is_end_stream();
            }
            None => self.ending.whole = true,
            Some(Err(_)) => self.ending.whole = false,
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl<F: FnOnce(BodyEnd)> Drop for WatchedBody<F> {
    fn drop(&mut self) {
        if let Some(then) = self.then.take() {
            then(self.ending);
        }
    }
}

/// The body of a request, at most `limit` bytes of it.
///
/// # Errors
/// It is longer, or the connection fails.
pub async fn read(body: Body, limit: usize) -> Result<Bytes, axum::Error> {
    let limited = http_body_util::Limited::new(body, limit);
    let collected = limited.collect().await.map_err(axum::Error::new)?;
    Ok(collected.to_bytes())
}
