//! Says what is missing on this machine, and what to do about it. Changes nothing.

use std::process::{Command, Stdio};

use servers::{Examination, Finding, Verdict, examine};

use crate::cli::UpOptions;
use crate::console::Console;
use crate::environment::Environment;
use crate::timeline::hanging;

/// Looks at everything; whether nothing is missing.
pub async fn run(options: &UpOptions, console: Console) -> std::io::Result<bool> {
    let Environment { surroundings, database_url, nats_url } = Environment::of_this_process();
    let brings_its_own_postgres = database_url.is_none();
    let mut findings = examine(&Examination {
        surroundings,
        base: std::env::current_dir()?,
        data_folder: options.data_dir.clone(),
        database_url,
        nats_url,
    })
    .await;
    if brings_its_own_postgres {
        findings.push(user(knows_its_user()));
    }
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

/// Whether the system has a name for the user of this process.
fn knows_its_user() -> bool {
    let mut asked = Command::new("id");
    asked.arg("-un").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    asked.status().is_ok_and(|status| status.success())
}

/// Postgres makes no data folder for a user that has no name.
fn user(is_known: bool) -> Finding {
    if is_known {
        let text = "This user has a name on this machine.".to_owned();
        return Finding { subject: "user", verdict: Verdict::Good, text };
    }
    let text = "This process runs as a user that this machine has no name for, and Postgres does not \
                start for such a one; add the user to /etc/passwd, start this as one that is there, \
                or set DATABASE_URL to a Postgres that runs already."
        .to_owned();
    Finding { subject: "user", verdict: Verdict::Missing, text }
}

#[cfg(test)]
mod stories {
    use servers::Verdict;

    use super::user;

    #[test]
    fn a_user_without_a_name_is_missing_and_it_is_said_what_to_do() {
        let finding = user(false);
        assert_eq!(finding.verdict, Verdict::Missing);
        assert!(finding.text.contains("/etc/passwd") && finding.text.contains("DATABASE_URL"));
        assert_eq!(user(true).verdict, Verdict::Good);
    }
}
