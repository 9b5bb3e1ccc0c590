//! Starts everything, plays the main job, shows what it came to, and stays up or ends. Says the
//! figures however it went, where they are asked for.

use std::time::Duration;

use tokio::time::Instant;

use crate::adverts::{self, Import};
use crate::calendar::Calendar;
use crate::cli::DemoOptions;
use crate::clock;
use crate::console::Console;
use crate::figures::Figures;
use crate::folder::DataFolder;
use crate::story::{self, StoryTrouble, World};
use crate::system::System;
use crate::trouble::Trouble;
use crate::up::{Signals, stay};
use crate::verify;

/// Where it is kept of which adverts a data folder tells.
const STORY: &str = "story";

/// How long somebody who stops the story waits for its figures.
const COUNTS_WITHIN: Duration = Duration::from_secs(3);

/// Plays the main job.
pub async fn run(options: &DemoOptions, console: Console) -> Result<(), Trouble> {
    let began = Instant::now();
    let mut figures = Figures::default();
    let mut signals = Signals::new()?;
    let started = tokio::select! {
        started = start(options, console) => started,
        () = signals.come() => Err(Trouble::Interrupted),
    };
    let ended = match started {
        Err(trouble) => Err((trouble, None)),
        Ok((system, calendar, import)) => {
            let world = World::new(&system, calendar, import, console);
            match play(&system, world, &mut signals, &mut figures, began).await {
                Ok(()) => Ok(system),
                Err(trouble) => Err((trouble, Some(system))),
            }
        }
    };
    figures.took(began.elapsed());
    if options.json {
        console.object(&figures.json());
    }
    match ended {
        Ok(system) if options.once => {
            system.stop().await;
            Ok(())
        }
        Ok(system) => stay(system, &mut signals, console).await,
        Err((trouble, system)) => {
            if let Some(system) = system {
                system.stop().await;
            }
            Err(trouble)
        }
    }
}

/// Reads the adverts, then starts everything: a wrong file is said before anything is waited for.
async fn start(
    options: &DemoOptions,
    console: Console,
) -> Result<(System, Calendar, Import), Trouble> {
    let folder = DataFolder::choose(options.data_dir.as_deref())?;
    let claim = folder.claim()?;
    let calendar = Calendar::kept_in(&folder, clock::remembered(&folder)?.today())?;
    let import =
        adverts::read(options.adverts.as_deref(), options.supplement.as_deref(), calendar)?;
    let system = System::start(&folder, claim, console).await?;
    Ok((system, calendar, import))
}

/// Tells the story, unless the data are another's.
async fn tell(system: &System, world: &mut World<'_>) -> Result<(), Trouble> {
    recognise(system, world)?;
    Ok(story::tell(world).await?)
}

/// One data folder holds one story: the first one told there, for good. Adverts of another would mix
/// with what has happened.
fn recognise(system: &System, world: &World<'_>) -> Result<(), Trouble> {
    match system.folder.read(STORY)? {
        Some(told) if told != world.fingerprint => Err(StoryTrouble::AnotherStory.into()),
        Some(_) => Ok(()),
        None => Ok(system.folder.write_private(STORY, world.fingerprint.as_bytes())?),
    }
}

/// Tells the story and shows it.
async fn play(
    system: &System,
    mut world: World<'_>,
    signals: &mut Signals,
    figures: &mut Figures,
    began: Instant,
) -> Result<(), Trouble> {
    let told = tokio::select! {
        told = tell(system, &mut world) => told,
        trouble = system.breaks() => Err(trouble.into()),
        () = signals.come() => Err(Trouble::Interrupted),
    };
    if matches!(told, Err(Trouble::Interrupted)) {
        // Whoever stops it waits no longer than this; what cannot be counted by then stays out.
        let counted = tokio::time::timeout(COUNTS_WITHIN, story::count(&mut world)).await;
        drop(counted);
    }
    let console = world.console;
    world.timeline.told().iter().for_each(|line| console.line(line));
    *figures = world.figures;
    if matches!(told, Err(Trouble::Interrupted | Trouble::System(_))) {
        return told;
    }
    let findings = verify::through(system.foundation.postgres()).await?;
    figures.events = findings.events();
    figures.chain_verified = findings.chain_verified();
    figures.took(began.elapsed());
    console.line("\nIn figures");
    figures.told().iter().for_each(|line| console.line(line));
    if !findings.chain_verified() {
        findings.told().iter().for_each(|line| console.line(line));
        return Err(Trouble::ChainBroken);
    }
    told
}
