//! `top`: the desk at work, on a terminal.

mod desk;
mod read;
mod tables;
mod view;

use super::{CliError, Global, process, show};
use desk::{Desk, Link};
use ratatui::DefaultTerminal;
use ratatui::crossterm::event::{self, Event, KeyCode, KeyEvent, KeyEventKind, KeyModifiers};
use std::io::{IsTerminal, Write};
use std::time::Duration;
use tokio::sync::watch;
use view::{Place, View};

/// `copydesk top`
#[derive(Debug, clap::Args)]
pub(super) struct TopArgs {
    /// Print it once and end
    #[arg(long)]
    once: bool,
}

/// Most time between two pictures, and until a key counts.
const PICTURE: Duration = Duration::from_millis(200);
/// How long `--once` waits for a first reading.
const FIRST: Duration = Duration::from_secs(15);
/// How long `--once` waits for what is read beside it.
const BESIDE: Duration = Duration::from_millis(500);

pub(super) fn top(global: &Global, args: &TopArgs) -> Result<(), CliError> {
    if !args.once && !std::io::stdout().is_terminal() {
        return Err(CliError::Usage(
            "standard output is no terminal; `copydesk top --once` prints it once".into(),
        ));
    }
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(CliError::failed)?;
    let (sender, desk) = watch::channel(Desk::default());
    runtime.spawn(read::follow(global.clone(), sender));
    let shown = if args.once {
        runtime.block_on(once(desk))
    } else {
        screen(&desk)
    };
    runtime.shutdown_background();
    shown
}

/// Prints one picture.
async fn once(mut desk: watch::Receiver<Desk>) -> Result<(), CliError> {
    let read = desk.wait_for(|d| d.status.is_some() || d.link.is_away());
    let _ = tokio::time::timeout(FIRST, read).await;
    tokio::time::sleep(BESIDE).await;
    let desk = desk.borrow().clone();
    if let Link::Away(reason) = &desk.link {
        return Err(CliError::Failed(reason.clone()));
    }
    let place = Place::default();
    let view = View {
        desk: &desk,
        place: &place,
    };
    let mut out = anstream::stdout().lock();
    for line in view.lines(show::columns()) {
        if process::ended(writeln!(out, "{line}"))? {
            break;
        }
    }
    Ok(())
}

/// Shows it until told to end; the terminal is left as it was.
fn screen(desk: &watch::Receiver<Desk>) -> Result<(), CliError> {
    let mut terminal = ratatui::try_init().map_err(CliError::failed)?;
    let shown = pictures(&mut terminal, desk);
    ratatui::restore();
    shown.map_err(CliError::failed)
}

fn pictures(terminal: &mut DefaultTerminal, desk: &watch::Receiver<Desk>) -> std::io::Result<()> {
    let mut place = Place::default();
    loop {
        let now = desk.borrow().clone();
        place.bound(&now);
        terminal.draw(|frame| {
            let view = View {
                desk: &now,
                place: &place,
            };
            frame.render_widget(&view, frame.area());
        })?;
        if event::poll(PICTURE)?
            && let Event::Key(key) = event::read()?
            && key.kind == KeyEventKind::Press
            && !pressed(&mut place, key)
        {
            return Ok(());
        }
    }
}

/// What a key does; false to end.
fn pressed(place: &mut Place, key: KeyEvent) -> bool {
    let control = key.modifiers.contains(KeyModifiers::CONTROL);
    match key.code {
        KeyCode::Char('c') if control => return false,
        KeyCode::Char('q') => return false,
        // Out of the help first.
        KeyCode::Esc if place.help => place.help = false,
        KeyCode::Esc => return false,
        KeyCode::Char('?' | 'h') | KeyCode::F(1) => place.help = !place.help,
        KeyCode::Tab | KeyCode::Right => place.next(),
        KeyCode::BackTab | KeyCode::Left => place.previous(),
        KeyCode::Down | KeyCode::Char('j') => place.down(1),
        KeyCode::Up | KeyCode::Char('k') => place.up(1),
        KeyCode::PageDown => place.down(10),
        KeyCode::PageUp => place.up(10),
        KeyCode::Home => place.up(usize::MAX),
        KeyCode::End => place.down(usize::MAX),
        _ => {}
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_move_between_and_in_tables_explain_and_end() {
        let mut place = Place::default();
        let press =
            |place: &mut Place, code| pressed(place, KeyEvent::new(code, KeyModifiers::NONE));
        let first = place.table;
        assert!(press(&mut place, KeyCode::Tab));
        assert_ne!(place.table, first);
        assert!(press(&mut place, KeyCode::Left));
        assert_eq!(place.table, first);
        assert!(press(&mut place, KeyCode::Char('?')) && place.help);
        assert!(press(&mut place, KeyCode::Esc) && !place.help);
        assert!(press(&mut place, KeyCode::Char('x')));
        assert!(!press(&mut place, KeyCode::Char('q')));
        assert!(!press(&mut place, KeyCode::Esc));
        let interrupt = KeyEvent::new(KeyCode::Char('c'), KeyModifiers::CONTROL);
        assert!(!pressed(&mut place, interrupt));
    }
}
