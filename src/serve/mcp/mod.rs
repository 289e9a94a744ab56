//! Tools for assistants: the Model Context Protocol, on standard input and output and at `/mcp`.
//!
//! ```text
//!  stdio ─┐
//!         ├─► Assistant ─► call: tool and arguments ─► Question ─► lanes ─► pool ─► worker
//!  http ──┘      └─► tools: what there is, with schemas
//! ```
//!
//! The protocol is the SDK's (`rmcp`). What a tool answers is worked out by [`assist`](crate::assist) in a worker
//! process, under the same limits as a query over HTTP. No session is kept: a request is all that counts.

mod call;
mod http;
mod stdio;
mod tools;

pub use http::respond;
pub use stdio::run;

use super::audience::Audience;
use super::service::Service;
use crate::pages::Language;
use rmcp::model::{
    CallToolRequestParams, CallToolResponse, CallToolResult, ContentBlock, Implementation,
    ListToolsResult, PaginatedRequestParams, ServerCapabilities, ServerConfig,
};
use rmcp::service::RequestContext;
use rmcp::{ErrorData, RoleServer, ServerHandler};
use std::sync::Arc;

/// What a model should know before it calls a tool.
const INSTRUCTIONS: &str = "\
A knowledge graph built from curated tables, in which every statement can be traced. Begin with `search` for a \
name, `schema` for classes and properties, or `list_queries` for questions that have been prepared. Every answer \
names its build; `cells` are cells of the tables (RFC 7111: `table.csv#cell=row,column`), `claims` say how a \
statement is known, and `sources` are the documents. `why` explains any triple: the cell with its text, the claims \
about it, and the spans of the documents. Cite build, cell, claim and source when you use an answer, and say so \
where `basis` or `modality` shows that a statement is inferred, planned or somebody's word. What the graph does \
not have is not false: `why` and `describe` say what the sources do not state.";

/// A server of the protocol on a service.
#[derive(Clone)]
pub struct Assistant {
    service: Arc<Service>,
}

impl Assistant {
    /// Answers for a service.
    pub fn new(service: Arc<Service>) -> Self {
        Self { service }
    }
}

impl ServerHandler for Assistant {
    fn get_info(&self) -> ServerConfig {
        let current = self.service.current();
        let title = current.build.manifest().about.title.get("en");
        let mut about = Implementation::new("civigraph", env!("CARGO_PKG_VERSION"));
        about.title = title.cloned();
        ServerConfig::new(ServerCapabilities::builder().enable_tools().build())
            .with_server_info(about)
            .with_instructions(INSTRUCTIONS)
    }

    async fn list_tools(
        &self,
        _: Option<PaginatedRequestParams>,
        _: RequestContext<RoleServer>,
    ) -> Result<ListToolsResult, ErrorData> {
        Ok(ListToolsResult::with_all_items(tools::all()))
    }

    async fn call_tool(
        &self,
        request: CallToolRequestParams,
        context: RequestContext<RoleServer>,
    ) -> Result<CallToolResponse, ErrorData> {
        if !tools::is_tool(&request.name) {
            let message = format!("no such tool: `{}`", request.name);
            return Err(ErrorData::invalid_params(message, None));
        }
        let answered = tokio::select! {
            answered = call::call(&self.service, &request.name, request.arguments) => answered,
            // The work ends with its future.
            () = context.ct.cancelled() => {
                return Err(ErrorData::internal_error("the request was cancelled", None));
            }
        };
        Ok(match answered {
            Ok(answer) => {
                let mut result = CallToolResult::structured(answer.data);
                result.content = vec![ContentBlock::text(answer.text)];
                result.into()
            }
            // A model can do something about it, so it is an answer.
            Err(problem) => CallToolResult::error(vec![ContentBlock::text(
                problem
                    .lines(Audience::Assistant, Language::English)
                    .join("\n"),
            )])
            .into(),
        })
    }
}
