//! PURE. What an event type code means to a person. The common codes have a name in each
//! language, and in Korean a line that says what it means and what to do, since AWS mostly
//! writes English; the rest is spelled out from the code by rule.

mod known;

use super::Locale;
use known::{KNOWN, Known};

fn find(code: &str) -> Option<&'static Known> {
    let bare = code.strip_prefix("AWS_").unwrap_or(code);
    KNOWN.iter().find(|known| {
        bare.strip_suffix(known.code).is_some_and(|rest| rest.is_empty() || rest.ends_with('_'))
    })
}

/// A name for people; empty only when the code is.
pub fn name(code: &str, service: &str, locale: Locale) -> String {
    match (find(code), locale) {
        (Some(known), Locale::En) => known.en.to_owned(),
        (Some(known), Locale::Ko) => known.ko.to_owned(),
        (None, _) => spelled(code, service),
    }
}

/// What happened and what to do, where AWS's own text is in another language than the card.
pub fn meaning(code: &str, locale: Locale) -> Option<&'static str> {
    if locale == Locale::En {
        return None;
    }
    find(code).map(|known| known.meaning).filter(|meaning| !meaning.is_empty())
}

/// Written in capitals wherever they stand.
const ACRONYMS: [&str; 28] = [
    "ACM", "ALB", "AMI", "API", "AZ", "CA", "CPU", "DB", "DMS", "DNS", "EBS", "EC2", "ECS", "EFS",
    "EKS", "ELB", "IAM", "ID", "IP", "KMS", "RDS", "S3", "SES", "SNS", "SQS", "SSL", "TLS", "VPN",
];

/// `AWS_EC2_FOO_BAR` of service EC2 becomes `Foo bar`.
fn spelled(code: &str, service: &str) -> String {
    let bare = code.strip_prefix("AWS_").unwrap_or(code);
    let bare = bare
        .strip_prefix(service)
        .and_then(|rest| rest.strip_prefix('_'))
        .filter(|rest| !rest.is_empty())
        .unwrap_or(bare);
    let mut name = String::with_capacity(bare.len());
    for word in bare.split(['_', ' ']).filter(|word| !word.is_empty()) {
        if ACRONYMS.contains(&word) {
            push_word(&mut name, word);
        } else {
            push_word(&mut name, &word.to_lowercase());
        }
    }
    let mut chars = name.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

fn push_word(name: &mut String, word: &str) {
    if !name.is_empty() {
        name.push(' ');
    }
    name.push_str(word);
}

/// How a service is called in a header: its AWS code, a few spelled as people do.
pub fn service(code: &str, locale: Locale) -> String {
    match (code, locale) {
        ("", _) => "AWS".to_owned(),
        ("MULTIPLE_SERVICES", Locale::En) => "Several services".to_owned(),
        ("MULTIPLE_SERVICES", Locale::Ko) => "여러 서비스".to_owned(),
        ("ELASTICLOADBALANCING", _) => "ELB".to_owned(),
        ("DIRECTCONNECT", _) => "Direct Connect".to_owned(),
        ("METRICS", Locale::En) => "Metrics".to_owned(),
        ("METRICS", Locale::Ko) => "지표".to_owned(),
        _ => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Codes as AWS published them by November 2026: in sample events, in its documentation, or
    /// in rules others filter by.
    const PUBLISHED: &[&str] = &[
        "AWS_ABUSE_DOS_REPORT",
        "AWS_ABUSE_PII_CONTENT_REMOVAL_REPORT",
        "AWS_ACM_RENEWAL_FAILURE",
        "AWS_ACM_RENEWAL_STATE_CHANGE",
        "AWS_AUTOSCALING_OPERATIONAL_NOTIFICATION",
        "AWS_BILLING_SUSPENSION_NOTICE",
        "AWS_CLOUDSHELL_PERSISTENCE_EXPIRING",
        "AWS_DIRECTCONNECT_MAINTENANCE_SCHEDULED",
        "AWS_DYNAMODB_GT_WORKFLOW_FAILED",
        "AWS_EBS_DEGRADED_EBS_VOLUME_PERFORMANCE",
        "AWS_EBS_VOLUME_LOST",
        "AWS_EC2_DEDICATED_HOST_NETWORK_MAINTENANCE_SCHEDULED",
        "AWS_EC2_DEDICATED_HOST_RETIREMENT_SCHEDULED",
        "AWS_EC2_HEALTH_TEST_EVENT",
        "AWS_EC2_HOST_RECOVERY_FAILURE",
        "AWS_EC2_INSTANCE_AUTO_RECOVERY_NO_ACTION",
        "AWS_EC2_INSTANCE_AUTO_RECOVERY_SUCCESS",
        "AWS_EC2_INSTANCE_AVAILABILITY_ISSUE",
        "AWS_EC2_INSTANCE_NETWORK_MAINTENANCE_SCHEDULED",
        "AWS_EC2_INSTANCE_POWER_MAINTENANCE_FAILED",
        "AWS_EC2_INSTANCE_POWER_MAINTENANCE_SCHEDULED",
        "AWS_EC2_INSTANCE_REBOOT_FLEXIBLE_MAINTENANCE_SCHEDULED",
        "AWS_EC2_INSTANCE_REBOOT_MAINTENANCE_SCHEDULED",
        "AWS_EC2_INSTANCE_RETIREMENT_EXPEDITED",
        "AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED",
        "AWS_EC2_INSTANCE_STOP_SCHEDULED",
        "AWS_EC2_INSTANCE_STORE_DRIVE_PERFORMANCE_DEGRADED",
        "AWS_EC2_INSTANCE_TERMINATION_SCHEDULED",
        "AWS_EC2_MAINTENANCE_SCHEDULED",
        "AWS_EC2_NETWORK_CONNECTIVITY_ISSUE",
        "AWS_EC2_OPERATIONAL_ISSUE",
        "AWS_EC2_PERSISTENT_INSTANCE_POWER_MAINTENANCE_SCHEDULED",
        "AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_EXPEDITED",
        "AWS_EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED",
        "AWS_EC2_SIMPLIFIED_AUTO_RECOVERY_FAILURE",
        "AWS_EC2_SIMPLIFIED_AUTO_RECOVERY_SUCCESS",
        "AWS_EC2_SYSTEM_MAINTENANCE_EVENT",
        "AWS_EC2_SYSTEM_REBOOT_MAINTENANCE_SCHEDULED",
        "AWS_ECS_TASK_PATCHING_RETIREMENT",
        "AWS_EKS_PLANNED_LIFECYCLE_EVENT",
        "AWS_ELASTICACHE_PREVIOUS_GENERATION_NODE_REPLACEMENT_FAILED",
        "AWS_ELASTICLOADBALANCING_API_ISSUE",
        "AWS_ELASTICLOADBALANCING_ENI_LIMIT_REACHED",
        "AWS_ELASTICLOADBALANCING_INSUFFICIENT_INSTANCE_CAPACITY",
        "AWS_ELASTICLOADBALANCING_NODE_FAILURE",
        "AWS_ELASTICLOADBALANCING_OPERATIONAL_ISSUE",
        "AWS_KMS_SECURITY_NOTIFICATION",
        "AWS_LAMBDA_OPERATIONAL_NOTIFICATION",
        "AWS_LAMBDA_PLANNED_LIFECYCLE_EVENT",
        "AWS_MULTIPLE_SERVICES_OPERATIONAL_ISSUE",
        "AWS_RDS_MAINTENANCE_SCHEDULED",
        "AWS_RDS_OPERATIONAL_NOTIFICATION",
        "AWS_RDS_POINT_IN_TIME_FAILURE",
        "AWS_RDS_SECURITY_NOTIFICATION",
        "AWS_RISK_CREDENTIALS_EXPOSED",
        "AWS_SAGEMAKER_SCHEDULED_MAINTENANCE",
        "AWS_SHIELD_WELCOME_TO_ADVANCED",
        "AWS_VPN_REDUNDANCY_LOSS",
        "AWS_VPN_SINGLE_TUNNEL_NOTIFICATION",
        "CAA_CHECK_FAILURE",
    ];

    #[test]
    fn every_published_code_has_its_name_in_both_languages_and_a_korean_line() {
        for code in PUBLISHED {
            let known = find(code).unwrap_or_else(|| panic!("{code} has no name"));
            assert!(known.en.is_ascii() && known.en.len() <= 40, "{code}: {}", known.en);
            let korean = |text: &str| text.contains(|c| matches!(c, '가'..='힣'));
            assert!(korean(known.ko) && korean(known.meaning), "{code}: {}", known.ko);
            assert!(known.meaning.ends_with('.'), "{code}: {}", known.meaning);
        }
    }

    #[test]
    fn no_name_says_again_which_service_it_is() {
        for code in PUBLISHED {
            let bare = code.strip_prefix("AWS_").unwrap_or(code);
            let service = service(bare.split('_').next().unwrap_or_default(), Locale::En);
            for locale in [Locale::En, Locale::Ko] {
                let name = name(code, "", locale);
                assert!(!name.starts_with(&service), "{code}: {name}");
            }
        }
    }

    #[test]
    fn type_codes_have_names_people_use() {
        let rows = [
            ("AWS_EC2_OPERATIONAL_ISSUE", "EC2", "Operational issue", "운영 문제"),
            ("AWS_RDS_PLANNED_LIFECYCLE_EVENT", "RDS", "End of standard support", "표준 지원 종료"),
            ("AWS_ABUSE_DOS_REPORT", "ABUSE", "Abuse report (DoS)", "악용 신고 (DoS)"),
            ("AWS_EC2_HEALTH_TEST_EVENT", "EC2", "Test event", "테스트 이벤트"),
            (
                "AWS_EC2_INSTANCE_RETIREMENT_SCHEDULED",
                "EC2",
                "Instance retirement",
                "인스턴스 종료 예정",
            ),
            ("AWS_S3_DB_TLS_CHANGE", "S3", "DB TLS change", "DB TLS change"),
            ("SOMETHING_ODD", "X", "Something odd", "Something odd"),
            ("AWS_EC2", "EC2", "EC2", "EC2"),
            ("__", "EC2", "", ""),
            ("", "", "", ""),
        ];
        for (code, service, en, ko) in rows {
            assert_eq!(name(code, service, Locale::En), en, "{code}");
            assert_eq!(name(code, service, Locale::Ko), ko, "{code}");
        }
    }
}
