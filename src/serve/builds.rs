//! Takes up what is published while the service runs.

use super::service::{Current, Service};
use crate::store::StoreLayout;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// How often it is looked whether something new is published.
const LOOK: Duration = Duration::from_millis(200);

/// Watches the store and the folder of the stored queries, for as long as the service runs.
///
/// Workers on a new build are started before the first request is given to them, and requests that have begun
/// end on the build that they began with.
pub async fn watch(service: Arc<Service>) {
    let layout = StoreLayout::new(&service.options.store);
    let mut state = changed(service.options.queries.as_deref());
    let mut refused = None;
    loop {
        tokio::time::sleep(LOOK).await;
        let now = service.current();
        let state_now = changed(service.options.queries.as_deref());
        let published = tokio::fs::read_to_string(layout.current()).await;
        let published = published
            .map(|id| id.trim_end().to_owned())
            .unwrap_or_default();
        let is_new = !published.is_empty() && published != now.build.manifest().id;
        if is_new {
            match Current::open(&service.options, &service.metrics).await {
                Ok(current) => {
                    service.log.message(&format!(
                        "serving build {} in place of {}",
                        current.build.manifest().id,
                        now.build.manifest().id
                    ));
                    service.switch(current);
                    service.metrics.switches.add(1);
                    state = state_now;
                    refused = None;
                }
                // It is tried again, because it may be about to be replaced; that is noted once.
                Err(error) => {
                    let refusal = format!("build {published} cannot be served: {error}");
                    if refused.as_ref() != Some(&refusal) {
                        service.log.message(&refusal);
                        refused = Some(refusal);
                    }
                }
            }
        } else if state_now != state {
            let (build, pool) = (Arc::clone(&now.build), Arc::clone(&now.pool));
            service.switch(Current::new(&service.options, build, pool));
            state = state_now;
        }
    }
}

/// Names, lengths and times of the files of a folder.
fn changed(folder: Option<&Path>) -> Vec<(std::ffi::OsString, u64, Option<SystemTime>)> {
    let Some(entries) = folder.and_then(|folder| std::fs::read_dir(folder).ok()) else {
        return Vec::new();
    };
    let mut files: Vec<_> = entries
        .flatten()
        .filter_map(|entry| {
            let about = entry.metadata().ok()?;
            Some((entry.file_name(), about.len(), about.modified().ok()))
        })
        .collect();
    files.sort();
    files
}
