//! Says what is missing on this machine, and what to do about it. Changes nothing.

use servers::{Examination, Verdict, examine};

use crate::cli::UpOptions;
use crate::console::Console;
use crate::environment::Environment;
use crate::timeline::hanging;

/// Looks at everything; whether nothing is missing.
pub async fn run(options: &UpOptions, console: Console) -> std::io::Result<bool> {
    let Environment { surroundings, database_url, nats_url } = Environment::of_this_process();
    let findings = examine(&Examination {
        surroundings,
        base: std::env::current_dir()?,
        data_folder: options.data_dir.clone(),
        database_url,
        nats_url,
    })
    .await;
    for finding in &findings {
        let mark = match finding.verdict {
            Verdict::Good => "well",
            Verdict::Note => "note",
            Verdict::Missing => "MISSING",
        };
        let head = format!("{mark:<8} {:<12} ", finding.subject);
        for line in hanging(&head, &finding.text, head.len()) {
            console.line(&line);
        }
    }
    let is_well = findings.iter().all(|finding| finding.verdict != Verdict::Missing);
    console.line(if is_well {
        "Nothing is missing: try `involvement demo`."
    } else {
        "Mend what is missing, then ask again."
    });
    Ok(is_well)
}
