//! Errors in a permission model.

use crate::api::opl_syntax::{OplError, OplPosition};
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::{fmt, ops::Range, path::Path, sync::Arc};

/// An error in a permission model, with its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    message: String,
    span: Range<usize>,
    /// Whether Keto reports the error at the start of the source.
    at_start: bool,
}

impl Diagnostic {
    pub(super) fn new(message: impl Into<String>, span: Range<usize>) -> Self {
        Self { message: message.into(), span, at_start: false }
    }

    /// Marks an error that Keto reports at the start of the source: it accepts any token where a
    /// name is expected, also the end of the file and an error, and has no place for what follows.
    pub(super) fn reported_at_start(mut self) -> Self {
        self.at_start = true;
        self
    }

    /// What is wrong.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The place in the source, in bytes.
    pub fn span(&self) -> Range<usize> {
        self.span.clone()
    }
}

/// The errors in a permission model, of which there is at least one.
///
/// [`Display`](fmt::Display) shows each with an excerpt of the source:
///
/// ```
/// let model = "class Document implements Namespace {\n  related: { owners: Usr[] }\n}";
/// let errors = keto_client::opl::Model::parse(model).unwrap_err();
/// let text = errors.to_string();
/// assert!(text.contains("the namespace `Usr` is not declared"));
/// assert!(text.contains("2 |   related: { owners: Usr[] }\n  |                      ^^^"));
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct SyntaxErrors {
    source: Arc<str>,
    path: Arc<str>,
    errors: Vec<Diagnostic>,
}

impl SyntaxErrors {
    pub(super) fn new(source: &str, errors: Vec<Diagnostic>) -> Self {
        Self { source: source.into(), path: "model".into(), errors }
    }

    /// Sets the path of the source, which [`Display`](fmt::Display) shows; `model` by default.
    #[must_use]
    pub fn with_path(mut self, path: impl AsRef<Path>) -> Self {
        self.path = path.as_ref().to_string_lossy().into();
        self
    }

    /// The errors, in the order in which Keto reports them.
    pub fn errors(&self) -> &[Diagnostic] {
        &self.errors
    }

    /// The line and column of the start of an error, both starting at 1. Columns count characters.
    pub fn line_and_column(&self, error: &Diagnostic) -> (usize, usize) {
        let before = &self.source[..error.span.start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
    }

    /// The errors as the syntax API of Keto reports them.
    ///
    /// Keto reports the place of the character before the error. In a source that is not ASCII, it
    /// counts a character for each byte, and reports a place that is too far to the end. The messages
    /// are those of this crate.
    pub fn to_opl_errors(&self) -> Vec<OplError> {
        let error = |error: &Diagnostic| {
            let Range { start, end } = if error.at_start { 0..0 } else { error.span() };
            OplError::new(&error.message, self.keto_position(start), self.keto_position(end))
        };
        self.errors.iter().map(error).collect()
    }

    fn keto_position(&self, offset: usize) -> OplPosition {
        let counted = self.source.chars().take(offset.max(1));
        let (mut line, mut column, mut newline) = (1, 0, false);
        for character in counted {
            if newline {
                (line, column) = (line + 1, 0);
            }
            column += 1;
            newline = character == '\n';
        }
        // At the end of the source, Keto has gone on to the next line.
        if newline && self.source.chars().count() < offset.max(1) {
            (line, column) = (line + 1, 0);
        }
        OplPosition::new(line, column)
    }
}

impl fmt::Display for SyntaxErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.errors.iter().enumerate() {
            let annotation = AnnotationKind::Primary.span(error.span.clone());
            let excerpt = Snippet::source(&*self.source).path(&*self.path).annotation(annotation);
            let report = Level::ERROR.primary_title(error.message.as_str()).element(excerpt);
            let end = if index + 1 < self.errors.len() { "\n\n" } else { "" };
            write!(f, "{}{end}", Renderer::plain().render(&[report]))?;
        }
        Ok(())
    }
}

/// Shows the messages, and not the whole source.
impl fmt::Debug for SyntaxErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(&self.errors).finish()
    }
}

impl std::error::Error for SyntaxErrors {}
