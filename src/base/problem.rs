//! A mistake in a text that a person wrote: where it is, what it says, what is allowed.
//!
//! Readers collect problems instead of stopping at the first one, so that a person sees all of them at once.

use std::fmt;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode};

/// A text with the name to show for it.
#[derive(Debug, Clone)]
pub struct Source {
    /// File name, `built-in scenario NAME`, or the option it was typed in.
    pub name: Arc<str>,
    /// The whole text.
    pub text: Arc<str>,
    /// Folder against which paths in the text are read; `None` for built-in texts.
    pub folder: Option<PathBuf>,
}

impl Source {
    /// A text that is not a file.
    pub fn new(name: &str, text: &str) -> Self {
        Self {
            name: name.into(),
            text: text.into(),
            folder: None,
        }
    }

    /// The same text, with paths in it read relative to `folder`.
    pub fn in_folder(mut self, folder: PathBuf) -> Self {
        self.folder = Some(folder);
        self
    }

    /// A mistake at `span`, about `key`.
    pub fn problem(&self, span: &Range<usize>, key: &str, message: impl Into<String>) -> Problem {
        let span = inside(&self.text, span);
        Problem {
            key: key.to_owned(),
            message: message.into(),
            label: String::new(),
            help: None,
            place: Some(Box::new(Place {
                line: line_and_column(&self.text, span.start),
                span,
                source: self.clone(),
            })),
        }
    }
}

/// Where a problem is.
#[derive(Debug, Clone)]
struct Place {
    source: Source,
    span: Range<usize>,
    line: (usize, usize),
}

/// One mistake: text for people, and the key, line and column for programs.
#[derive(Debug, Clone)]
pub struct Problem {
    key: String,
    message: String,
    label: String,
    help: Option<String>,
    place: Option<Box<Place>>,
}

impl Problem {
    /// A mistake that is in no text, such as a file that cannot be read.
    pub fn placeless(key: &str, message: impl Into<String>) -> Self {
        Self {
            key: key.to_owned(),
            message: message.into(),
            label: String::new(),
            help: None,
            place: None,
        }
    }

    /// Adds the words that stand under the marked text.
    pub fn label(mut self, text: impl Into<String>) -> Self {
        self.label = text.into();
        self
    }

    /// Adds advice.
    pub fn advice(mut self, text: impl Into<String>) -> Self {
        self.help = Some(text.into());
        self
    }

    /// Adds "did you mean" when one of `known` is near to `name`.
    pub fn near<'a>(self, name: &str, known: impl IntoIterator<Item = &'a str>) -> Self {
        match nearest(name, known) {
            Some(found) => {
                let advice = format!("did you mean `{found}`?");
                self.advice(advice)
            }
            None => self,
        }
    }

    /// The same mistake at another place: where one text was made from another, a person knows the other only.
    pub fn moved(self, source: &Source, span: &Range<usize>) -> Self {
        let (label, help) = (self.label, self.help);
        Self {
            label,
            help,
            ..source.problem(span, &self.key, self.message)
        }
    }

    /// The text that it is in, and where in it.
    pub fn text(&self) -> Option<(&str, usize)> {
        self.place.as_ref().map(|place| (&*place.source.text, place.span.start))
    }

    /// The key that the mistake is about, such as `labour.separation`.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// What is wrong, in one sentence.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What to do about it.
    pub fn help_text(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// Name of the text it is in.
    pub fn file(&self) -> Option<&str> {
        self.place.as_ref().map(|place| &*place.source.name)
    }

    /// Line and column, both from 1.
    pub fn line_column(&self) -> Option<(usize, usize)> {
        self.place.as_ref().map(|place| place.line)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Problem {}

impl Diagnostic for Problem {
    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|text| Box::new(text) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.place.as_ref().map(|place| &**place as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let place = self.place.as_ref()?;
        let label = if self.label.is_empty() { "here" } else { &self.label };
        let span = LabeledSpan::new(Some(label.to_owned()), place.span.start, place.span.len());
        Some(Box::new(std::iter::once(span)))
    }
}

impl SourceCode for Place {
    fn read_span<'a>(
        &'a self,
        span: &miette::SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn miette::SpanContents<'a> + 'a>, miette::MietteError> {
        let contents = self.source.text.as_ref().read_span(span, before, after)?;
        Ok(Box::new(miette::MietteSpanContents::new_named(
            self.source.name.to_string(),
            contents.data(),
            *contents.span(),
            contents.line(),
            contents.column(),
            contents.line_count(),
        )))
    }
}

/// More mistakes than this are counted, not shown: a text of another kind is wrong in every line.
const MOST_SHOWN: usize = 20;

/// All mistakes that were found; never empty when returned as an error.
#[derive(Debug, Clone, Default)]
pub struct Problems(pub Vec<Problem>);

impl Problems {
    /// `value` when nothing was found, all mistakes otherwise.
    pub fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }

    /// Notes one more mistake.
    pub fn push(&mut self, problem: Problem) {
        self.0.push(problem);
    }

    /// Takes over the mistakes of `result`, and its value if it has one.
    pub fn take<T>(&mut self, result: Result<T, Self>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(problems) => {
                self.0.extend(problems.0);
                None
            }
        }
    }

    /// The picture that a person reads: each mistake with its source line.
    pub fn render(&self, colour: bool) -> String {
        let mut theme = if colour {
            GraphicalTheme::unicode()
        } else {
            GraphicalTheme::unicode_nocolor()
        };
        theme.characters.error = "error:".into();
        let handler = GraphicalReportHandler::new_themed(theme)
            .with_width(120)
            .with_links(false);
        let mut text = String::new();
        for problem in self.0.iter().take(MOST_SHOWN) {
            let mut picture = String::new();
            if handler.render_report(&mut picture, problem).is_err() {
                picture = format!("error: {problem}\n");
            }
            text.push_str(picture.trim_start());
            text.push('\n');
        }
        text + &self.unshown()
    }

    /// How many more mistakes there are than anybody would read.
    fn unshown(&self) -> String {
        match self.0.len().saturating_sub(MOST_SHOWN) {
            0 => String::new(),
            more => format!("and {more} more mistakes\n"),
        }
    }

    /// The mistakes of each text in the order of its lines; texts in the order in which they were found wrong.
    pub fn in_order(mut self) -> Self {
        let mut names: Vec<Option<String>> = Vec::new();
        for problem in &self.0 {
            let name = problem.file().map(str::to_owned);
            if !names.contains(&name) {
                names.push(name);
            }
        }
        self.0.sort_by_key(|problem| {
            let file = names.iter().position(|name| name.as_deref() == problem.file());
            (file, problem.line_column())
        });
        self
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().take(MOST_SHOWN).enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            if let (Some(file), Some((line, column))) = (problem.file(), problem.line_column()) {
                write!(f, "{file}:{line}:{column}: ")?;
            }
            write!(f, "{problem}")?;
            if let Some(help) = &problem.help {
                write!(f, " ({help})")?;
            }
        }
        match self.unshown() {
            more if more.is_empty() => Ok(()),
            more => write!(f, "\n{}", more.trim_end()),
        }
    }
}

impl std::error::Error for Problems {}

/// The member of `known` that `name` was probably meant to be.
///
/// Dotted names are also compared by their last part, so that a key in the wrong section is found.
pub fn nearest<'a>(name: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let short: String = name.chars().take(100).collect();
    let last = |text: &str| text.rsplit('.').next().unwrap_or_default().to_lowercase();
    let (whole, tail) = (short.to_lowercase(), last(&short));
    let mut best: Option<(usize, &'a str)> = None;
    for candidate in known {
        let by_whole = strsim::damerau_levenshtein(&whole, &candidate.to_lowercase());
        let by_tail = match candidate.contains('.') {
            true if tail.len() > 3 => 1 + strsim::damerau_levenshtein(&tail, &last(candidate)),
            _ => usize::MAX,
        };
        let distance = by_whole.min(by_tail);
        let allowed = (tail.chars().count() / 3).max(2);
        if distance <= allowed && best.is_none_or(|(old, _)| distance < old) {
            best = Some((distance, candidate));
        }
    }
    best.map(|(_, candidate)| candidate)
}

/// `span` cut to the text and widened to whole characters.
fn inside(text: &str, span: &Range<usize>) -> Range<usize> {
    let mut start = span.start.min(text.len());
    let mut end = span.end.clamp(start, text.len());
    while !text.is_char_boundary(start) {
        start -= 1;
    }
    while !text.is_char_boundary(end) {
        end += 1;
    }
    start..end
}

fn line_and_column(text: &str, offset: usize) -> (usize, usize) {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}

/// The text of a file as a person should see it when its bytes are not UTF-8.
pub fn decode(name: &str, bytes: Vec<u8>, folder: Option<PathBuf>) -> Result<Source, Problem> {
    match String::from_utf8(bytes) {
        Ok(text) => Ok(Source {
            name: name.into(),
            text: text.into(),
            folder,
        }),
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let shown = Source::new(name, &String::from_utf8_lossy(error.as_bytes()));
            let message = format!("`{name}` is not UTF-8 text: byte {at} begins no character");
            Err(shown
                .problem(&(at..at + 1), name, message)
                .advice("save the file as UTF-8"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_name_is_found_across_sections() {
        let known = ["labour.separation", "credit.loan_to_value"];
        assert_eq!(nearest("labour.seperation", known), Some("labour.separation"));
        assert_eq!(nearest("separation", known), Some("labour.separation"));
        assert_eq!(nearest("loan_to_value", known), Some("credit.loan_to_value"));
        assert_eq!(nearest("zebra", known), None);
    }

    #[test]
    fn lines_and_columns_count_characters_from_one() {
        let source = Source::new("t", "a = 1\n名 = 2\n");
        let problem = source.problem(&(12..13), "名", "bad");
        assert_eq!(problem.line_column(), Some((2, 5)));
    }

    #[test]
    fn any_span_can_be_rendered() {
        let source = Source::new("t", "名");
        for start in 0..5 {
            for end in 0..5 {
                let problem = source.problem(&(start..end), "k", "bad");
                assert!(Problems::from(problem).render(false).contains("error: bad"));
            }
        }
    }

    #[test]
    fn bytes_that_are_not_text_are_located() {
        let problem = decode("f.toml", b"a = 1\nb = \"\xff\"".to_vec(), None).expect_err("not UTF-8");
        assert_eq!(problem.line_column(), Some((2, 6)));
        assert!(problem.message().contains("UTF-8"));
    }
}
