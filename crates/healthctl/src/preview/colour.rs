//! PURE. Colours as cards name them, and how well they can be read.

use std::fmt;

use super::message::Color;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rgb(u8, u8, u8);

pub(super) const WHITE: Rgb = Rgb(255, 255, 255);
pub(super) const BLACK: Rgb = Rgb(0, 0, 0);
/// The ground of a card in Chat's dark theme.
pub(super) const DARK: Rgb = Rgb(0x1f, 0x1f, 0x1f);

impl Rgb {
    /// `#RRGGBB` or `#RGB`, nothing else: no names, no functions, no style.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let hex = text.trim().strip_prefix('#')?;
        if !hex.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        let at = |from: usize, len: usize| u8::from_str_radix(hex.get(from..from + len)?, 16).ok();
        match hex.len() {
            6 => Some(Self(at(0, 2)?, at(2, 2)?, at(4, 2)?)),
            3 => Some(Self(at(0, 1)? * 17, at(1, 1)? * 17, at(2, 1)? * 17)),
            _ => None,
        }
    }

    /// From fractions of one; what lies outside is clamped, as Chat's API would refuse it anyway.
    pub(super) fn of(color: Color) -> Self {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "clamped to 0..=255 on the same line"
        )]
        let byte = |fraction: f64| (fraction.clamp(0.0, 1.0) * 255.0).round() as u8;
        Self(byte(color.red), byte(color.green), byte(color.blue))
    }

    /// WCAG 2 contrast, 1 to 21.
    pub(super) fn contrast(self, other: Self) -> f64 {
        let (a, b) = (self.luminance(), other.luminance());
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |byte: u8| {
            let part = f64::from(byte) / 255.0;
            if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * linear(self.0) + 0.7152 * linear(self.1) + 0.0722 * linear(self.2)
    }

    /// The better of white and black upon this colour; one of them always reaches 4.5.
    pub(super) fn ink(self) -> Self {
        if self.contrast(WHITE) >= 4.5 { WHITE } else { BLACK }
    }
}

impl fmt::Display for Rgb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_hex_is_a_colour() {
        let rows = [
            ("#E8453C", Some("#e8453c")),
            ("#fff", Some("#ffffff")),
            ("red", None),
            ("#12345", None),
            ("#ééé", None),
            ("#fff;background:url(x)", None),
            ("", None),
        ];
        for (text, expected) in rows {
            assert_eq!(Rgb::parse(text).map(|rgb| rgb.to_string()).as_deref(), expected, "{text}");
        }
    }

    #[test]
    fn ink_is_always_readable() {
        for red in (0..=255).step_by(15) {
            for green in (0..=255).step_by(15) {
                for blue in (0..=255).step_by(15) {
                    let ground = Rgb(red, green, blue);
                    assert!(ground.contrast(ground.ink()) >= 4.5, "{ground}");
                }
            }
        }
    }
}
