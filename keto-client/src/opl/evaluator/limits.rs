//! Limits of a check, and bugs of Keto that an evaluator reproduces.

/// The maximum number of steps inside of each other, which keeps the stack small.
pub(super) const MAX_NESTED: usize = 256;

/// The limits of a check. The defaults are those of Keto's configuration, `limit.max_read_depth` and
/// `limit.max_read_width`.
///
/// See <https://www.ory.com/docs/keto/reference/configuration>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// The maximum depth, 5 by default. A tuple of the checked relation has depth 2.
    pub max_depth: u32,
    /// The maximum number of subject sets that are followed in one relation of an object, 100 by
    /// default. If there are more, Keto follows one less than this.
    pub max_width: usize,
    /// The maximum number of relations that one check visits, 1,000,000 by default. Keto has no such
    /// limit.
    pub max_steps: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_depth: 5, max_width: 100, max_steps: 1_000_000 }
    }
}

impl Limits {
    /// Sets the maximum depth.
    #[must_use]
    pub fn max_depth(mut self, depth: u32) -> Self {
        self.max_depth = depth;
        self
    }

    /// Sets the maximum width.
    #[must_use]
    pub fn max_width(mut self, width: usize) -> Self {
        self.max_width = width;
        self
    }

    /// Sets the maximum number of visited relations.
    #[must_use]
    pub fn max_steps(mut self, steps: usize) -> Self {
        self.max_steps = steps;
        self
    }
}

/// Bugs of Keto v26.2.0 in the evaluation of checks, each of which can be turned off to see the
/// correct answer. By default, the evaluator answers as Keto does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct KetoBugs {
    /// Keto visits each subject set once below the first one that it follows, to end at cycles, also
    /// where it is part of another operand or was visited too deep to be followed. The second visit
    /// counts as "not a member": `a && b` is denied if both need the same set, and `a && !b` is
    /// allowed although the subject is in `b`.
    ///
    /// The answer depends on which visit is first: on the random order in which Keto stores tuples,
    /// and on the timing of concurrent visits. The evaluator visits in the order in which tuples were
    /// added.
    pub shared_visited_sets: bool,
    /// Keto treats what lies beyond the maximum depth or width as "not a member", which a negation
    /// turns into an allowed check: `!this.related.blocked.includes(ctx.subject)` allows a subject
    /// that is blocked by a group that is nested too deep. Without this bug, such a check is denied.
    pub negation_at_limits: bool,
}

impl KetoBugs {
    /// All bugs of Keto v26.2.0.
    pub const V26_2_0: Self = Self { shared_visited_sets: true, negation_at_limits: true };
    /// No bugs.
    pub const NONE: Self = Self { shared_visited_sets: false, negation_at_limits: false };

    /// Sets whether visited subject sets are shared between operands.
    #[must_use]
    pub fn shared_visited_sets(mut self, reproduced: bool) -> Self {
        self.shared_visited_sets = reproduced;
        self
    }

    /// Sets whether negations turn what lies beyond the limits into an allowed check.
    #[must_use]
    pub fn negation_at_limits(mut self, reproduced: bool) -> Self {
        self.negation_at_limits = reproduced;
        self
    }
}

impl Default for KetoBugs {
    fn default() -> Self {
        Self::V26_2_0
    }
}
