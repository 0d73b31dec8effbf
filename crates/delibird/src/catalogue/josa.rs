//! PURE. Korean particles that follow the sound a word ends in: 이 after a consonant, 가 after a
//! vowel. Names and numbers come from elsewhere, so the sound has to be worked out.

/// The word as the subject of a sentence.
pub(super) fn subject(word: &str) -> String {
    let particle = match ends_in_consonant(word) {
        Some(true) => "이",
        Some(false) => "가",
        // Nobody can know how it is read aloud.
        None => "이(가)",
    };
    format!("{word}{particle}")
}

/// Hangul says so itself; digits are read in Korean; of Latin letters only those that nearly
/// always sound alike are believed.
fn ends_in_consonant(word: &str) -> Option<bool> {
    let last = word.chars().rev().find(|c| c.is_alphanumeric())?;
    match last.to_ascii_lowercase() {
        last @ '가'..='힣' => Some(!(u32::from(last) - u32::from('가')).is_multiple_of(28)),
        // 영 일 삼 육 칠 팔, and 이 사 오 구.
        '0' | '1' | '3' | '6' | '7' | '8' | 'l' | 'm' | 'n' => Some(true),
        '2' | '4' | '5' | '9' | 'a' | 'i' | 'o' | 'u' | 'y' | 'w' | 'r' | 's' | 'h' => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_particle_follows_the_last_sound() {
        let rows = [
            ("담당자", "담당자가"),
            ("운영팀", "운영팀이"),
            ("kim", "kim이"),
            ("sora", "sora가"),
            ("oncall-3", "oncall-3이"),
            ("oncall-2", "oncall-2가"),
            ("“ops”", "“ops”가"),
            ("jane", "jane이(가)"),
            ("", "이(가)"),
        ];
        for (word, expected) in rows {
            assert_eq!(subject(word), expected);
        }
    }
}
