//! The chapters of the plan: a lever's chapter follows from its article.

/// A chapter of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chapter {
    /// Name in files.
    pub id: &'static str,
    /// Its last article; article 0 is no article of the plan.
    pub last: i64,
    /// Name in Chinese.
    pub zh: &'static str,
    /// Name in English.
    pub en: &'static str,
}

const fn chapter(id: &'static str, last: i64, zh: &'static str, en: &'static str) -> Chapter {
    Chapter { id, last, zh, en }
}

/// All chapters in order; the first holds what is not in the plan.
pub const CHAPTERS: &[Chapter] = &[
    chapter("tests", 0, "检验", "Tests"),
    chapter("technology", 4, "一、技术要素", "1. Technology"),
    chapter("land", 9, "二、土地要素", "2. Land"),
    chapter("people", 12, "三、人力资源要素", "3. People"),
    chapter("data", 15, "四、数据要素", "4. Data"),
    chapter("capital", 18, "五、资本要素", "5. Capital"),
    chapter("resources", 20, "六、资源环境", "6. Resources and environment"),
    chapter("coordination", 21, "七、协同配置", "7. Factors together"),
];

/// Place in [`CHAPTERS`] of the chapter that `article` belongs to.
pub fn chapter_number(article: i64) -> usize {
    let found = CHAPTERS.iter().position(|c| article <= c.last);
    found.unwrap_or(CHAPTERS.len() - 1)
}

/// The chapter that `article` belongs to: Chinese and English name.
pub fn chapter_of(article: i64) -> (&'static str, &'static str) {
    let c = &CHAPTERS[chapter_number(article)];
    (c.zh, c.en)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn articles_fall_into_chapters() {
        assert_eq!(chapter_of(0).1, "Tests");
        assert_eq!(chapter_of(10).1, "3. People");
        assert_eq!(chapter_of(21).1, "7. Factors together");
        assert_eq!(chapter_of(99).1, "7. Factors together");
        // every chapter has articles of its own
        assert!(CHAPTERS.windows(2).all(|c| c[0].last < c[1].last));
        assert!((0..=21).all(|a| CHAPTERS[chapter_number(a)].last >= a));
    }
}
