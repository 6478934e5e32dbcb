//! The faults that are injected, and when.

use super::max_ages::MaxAges;
use std::{
    sync::Mutex,
    time::{Duration, Instant},
};

/// What is done to the app's upstreams.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// Nobody listens at Kratos's port.
    KratosStopped,
    /// Kratos is gone for a moment, with all its connections.
    KratosRestarted,
    /// Nobody listens at Keto's ports.
    KetoStopped,
    /// Keto is gone for a moment, with all its connections.
    KetoRestarted,
    /// Kratos answers late, within the time limit.
    KratosSlow,
    /// Keto answers late, within the time limit.
    KetoSlow,
    /// Kratos answers after the time limit.
    KratosHangs,
    /// Keto answers after the time limit.
    KetoHangs,
    /// Connections are cut off again and again.
    ConnectionsReset,
}

impl Fault {
    /// All, in the order of the schedule.
    pub const ALL: [Self; 9] = [
        Self::KratosStopped,
        Self::KratosRestarted,
        Self::KetoStopped,
        Self::KetoRestarted,
        Self::KratosSlow,
        Self::KetoSlow,
        Self::KratosHangs,
        Self::KetoHangs,
        Self::ConnectionsReset,
    ];

    /// For the report.
    pub fn name(self) -> &'static str {
        match self {
            Self::KratosStopped => "Kratos stopped",
            Self::KratosRestarted => "Kratos restarted",
            Self::KetoStopped => "Keto stopped",
            Self::KetoRestarted => "Keto restarted",
            Self::KratosSlow => "Kratos slow",
            Self::KetoSlow => "Keto slow",
            Self::KratosHangs => "Kratos hangs",
            Self::KetoHangs => "Keto hangs",
            Self::ConnectionsReset => "connections reset",
        }
    }

    /// Whether no answer of that server reaches the app.
    fn silences(self) -> bool {
        !matches!(self, Self::KratosSlow | Self::KetoSlow | Self::ConnectionsReset)
    }
}

/// The health of the servers during a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServerHealth {
    /// No fault at any time.
    Healthy,
    /// A fault for some of the time.
    Degraded,
    /// The whole time one of the two servers gave no answer, and before that for so long that no
    /// older answer may be in use.
    Down(Fault),
}

/// One fault's time.
#[derive(Clone, Copy)]
struct Spell {
    fault: Fault,
    begins: Instant,
    in_effect: Option<Instant>,
    ends: Option<Instant>,
    recovered: Option<Instant>,
}

/// The faults so far.
pub struct Timeline {
    max_ages: MaxAges,
    spells: Mutex<Vec<Spell>>,
}

impl Timeline {
    /// Without a fault yet, for an app that may go by answers of these ages.
    pub fn new(max_ages: MaxAges) -> Self {
        Self { max_ages, spells: Mutex::default() }
    }

    /// A fault is about to be done.
    pub fn begin(&self, fault: Fault) {
        let begins = Instant::now();
        let spell = Spell { fault, begins, in_effect: None, ends: None, recovered: None };
        self.spells.lock().unwrap().push(spell);
    }

    /// It is done.
    pub fn in_effect(&self) {
        self.last(|spell| spell.in_effect = Some(Instant::now()));
    }

    /// It is about to be undone.
    pub fn end(&self) {
        self.last(|spell| spell.ends = Some(Instant::now()));
    }

    /// The app was right again.
    pub fn recovered(&self) {
        self.last(|spell| spell.recovered = Some(Instant::now()));
    }

    fn last(&self, change: impl FnOnce(&mut Spell)) {
        change(self.spells.lock().unwrap().last_mut().expect("a fault has begun"));
    }

    /// What it was like from one moment to the other.
    pub fn between(&self, from: Instant, to: Instant) -> ServerHealth {
        let spells = self.spells.lock().unwrap();
        let max_age = |spell: &Spell| self.max_ages.of(spell.fault);
        let meets = |spell: &&Spell| {
            spell.begins <= to && spell.recovered.is_none_or(|recovered| recovered >= from)
        };
        match spells.iter().rev().find(meets) {
            None => ServerHealth::Healthy,
            Some(spell)
                if spell.fault.silences()
                    && spell.in_effect.is_some_and(|done| done + max_age(spell) <= from)
                    && spell.ends.is_none_or(|ends| to <= ends) =>
            {
                ServerHealth::Down(spell.fault)
            }
            Some(_) => ServerHealth::Degraded,
        }
    }

    /// The fault at one moment, up to the recovery from it.
    pub fn at(&self, moment: Instant) -> Option<Fault> {
        let spells = self.spells.lock().unwrap();
        let holds = |spell: &&Spell| {
            spell.begins <= moment && spell.recovered.is_none_or(|recovered| moment < recovered)
        };
        spells.iter().rev().find(holds).map(|spell| spell.fault)
    }
}

/// How long things take.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// How long a fault lasts.
    pub fault: Duration,
    /// How long all is well between two faults.
    pub well: Duration,
    /// How late a slow server's answers are.
    pub slow: Duration,
}

impl Pace {
    /// How long this fault lasts: a restart is short.
    pub fn of(&self, fault: Fault) -> Duration {
        match fault {
            Fault::KratosRestarted | Fault::KetoRestarted => {
                self.fault.min(Duration::from_millis(500))
            }
            _ => self.fault,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_down_only_if_it_was_so_the_whole_time() {
        let timeline = Timeline::new(MaxAges::NONE);
        let moment = || {
            std::thread::sleep(Duration::from_millis(2));
            Instant::now()
        };
        let well = moment();
        timeline.begin(Fault::KetoStopped);
        let beginning = moment();
        timeline.in_effect();
        let (down, still_down) = (moment(), moment());
        timeline.end();
        let up = moment();
        timeline.recovered();
        let (well_again, still_well) = (moment(), moment());

        assert_eq!(timeline.between(well, well), ServerHealth::Healthy);
        assert_eq!(timeline.between(well, down), ServerHealth::Degraded);
        assert_eq!(timeline.between(beginning, down), ServerHealth::Degraded);
        assert_eq!(timeline.between(down, still_down), ServerHealth::Down(Fault::KetoStopped));
        assert_eq!(timeline.between(down, up), ServerHealth::Degraded);
        assert_eq!(timeline.between(up, still_well), ServerHealth::Degraded);
        assert_eq!(timeline.between(well_again, still_well), ServerHealth::Healthy);
        assert_eq!(timeline.between(well, still_well), ServerHealth::Degraded);
        assert_eq!(timeline.at(down), Some(Fault::KetoStopped));
        assert_eq!(timeline.at(still_well), None);
    }

    #[test]
    fn an_older_answer_may_be_in_use_at_first() {
        let timeline = Timeline::new(MaxAges::CACHED);
        timeline.begin(Fault::KetoStopped);
        timeline.in_effect();
        let in_use = Instant::now();
        let too_old = in_use + MaxAges::CACHED.decision;
        assert_eq!(timeline.between(in_use, too_old), ServerHealth::Degraded);
        assert_eq!(timeline.between(too_old, too_old), ServerHealth::Down(Fault::KetoStopped));
    }
}
