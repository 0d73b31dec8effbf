//! PURE. Region codes by the names AWS's console gives them, as short as they are spoken.
//! Source: the list of Regions in AWS's documents, November 2026; a code not here is shown as it
//! is.

use super::Locale;

/// Code, English, Korean; sorted by code.
const NAMES: [(&str, &str, &str); 41] = [
    ("af-south-1", "Cape Town", "케이프타운"),
    ("ap-east-1", "Hong Kong", "홍콩"),
    ("ap-east-2", "Taipei", "타이베이"),
    ("ap-northeast-1", "Tokyo", "도쿄"),
    ("ap-northeast-2", "Seoul", "서울"),
    ("ap-northeast-3", "Osaka", "오사카"),
    ("ap-south-1", "Mumbai", "뭄바이"),
    ("ap-south-2", "Hyderabad", "하이데라바드"),
    ("ap-southeast-1", "Singapore", "싱가포르"),
    ("ap-southeast-2", "Sydney", "시드니"),
    ("ap-southeast-3", "Jakarta", "자카르타"),
    ("ap-southeast-4", "Melbourne", "멜버른"),
    ("ap-southeast-5", "Malaysia", "말레이시아"),
    ("ap-southeast-6", "New Zealand", "뉴질랜드"),
    ("ap-southeast-7", "Thailand", "태국"),
    ("ca-central-1", "Canada Central", "캐나다 중부"),
    ("ca-west-1", "Calgary", "캘거리"),
    ("cn-north-1", "Beijing", "베이징"),
    ("cn-northwest-1", "Ningxia", "닝샤"),
    ("eu-central-1", "Frankfurt", "프랑크푸르트"),
    ("eu-central-2", "Zurich", "취리히"),
    ("eu-north-1", "Stockholm", "스톡홀름"),
    ("eu-south-1", "Milan", "밀라노"),
    ("eu-south-2", "Spain", "스페인"),
    ("eu-west-1", "Ireland", "아일랜드"),
    ("eu-west-2", "London", "런던"),
    ("eu-west-3", "Paris", "파리"),
    ("eusc-de-east-1", "Brandenburg", "브란덴부르크"),
    ("global", "Global", "글로벌"),
    ("il-central-1", "Tel Aviv", "텔아비브"),
    ("me-central-1", "UAE", "아랍에미리트"),
    ("me-south-1", "Bahrain", "바레인"),
    ("mx-central-1", "Mexico", "멕시코"),
    ("sa-east-1", "São Paulo", "상파울루"),
    ("us-east-1", "N. Virginia", "버지니아"),
    ("us-east-2", "Ohio", "오하이오"),
    ("us-gov-east-1", "GovCloud East", "GovCloud 동부"),
    ("us-gov-west-1", "GovCloud West", "GovCloud 서부"),
    ("us-iso-east-1", "ISO East", "ISO 동부"),
    ("us-west-1", "N. California", "캘리포니아"),
    ("us-west-2", "Oregon", "오레곤"),
];

pub fn name(code: &str, locale: Locale) -> Option<&'static str> {
    let at = NAMES.binary_search_by_key(&code, |row| row.0).ok()?;
    Some(match locale {
        Locale::En => NAMES[at].1,
        Locale::Ko => NAMES[at].2,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_region_is_found_by_its_code() {
        assert!(NAMES.is_sorted_by_key(|row| row.0));
        assert_eq!(name("ap-northeast-2", Locale::Ko), Some("서울"));
        assert_eq!(name("us-east-1", Locale::En), Some("N. Virginia"));
        assert_eq!(name("mars-north-1", Locale::En), None);
    }
}
