//! PURE. What an event type code means to a person. The common codes have a name in each
//! language, and in Korean a line that says what it means and what to do, since AWS mostly
//! writes English; the rest is spelled out from the code by rule.

use super::Locale;

struct Known {
    /// The code without `AWS_`, or what such a code ends in.
    code: &'static str,
    en: &'static str,
    ko: &'static str,
    /// What happened and what to do, in Korean.
    meaning: &'static str,
}

const fn known(
    code: &'static str,
    en: &'static str,
    ko: &'static str,
    meaning: &'static str,
) -> Known {
    Known { code, en, ko, meaning }
}

/// Whole codes first, endings shared by many services after them: the first that fits wins.
const KNOWN: &[Known] = &[
    known(
        "ABUSE_DOS_REPORT",
        "Abuse report (DoS)",
        "악용 신고 (DoS)",
        "우리 리소스가 서비스 거부 공격에 쓰인다는 신고가 들어왔습니다. 해당 리소스를 격리하고 원인을 확인한 뒤 AWS에 회신하세요.",
    ),
    known(
        "ABUSE_OTHER_REPORT",
        "Abuse report",
        "악용 신고",
        "우리 리소스가 악용된다는 신고가 들어왔습니다. 해당 리소스를 확인하고 AWS에 회신하세요.",
    ),
    known(
        "ABUSE_PII_CONTENT_REMOVAL_REPORT",
        "Personal data report",
        "개인정보 게시 신고",
        "개인정보가 게시되었다는 신고입니다. 내용을 확인하고 AWS에 회신하세요.",
    ),
    known(
        "ABUSE_EMAIL_SPAM_REPORT",
        "Abuse report (spam)",
        "악용 신고 (스팸)",
        "우리 리소스에서 스팸이 나간다는 신고입니다. 발신 경로를 막고 AWS에 회신하세요.",
    ),
    known(
        "ABUSE_PORT_SCANNING_REPORT",
        "Abuse report (port scan)",
        "악용 신고 (포트 스캔)",
        "우리 리소스가 포트 스캔을 한다는 신고입니다. 해당 리소스를 격리하고 AWS에 회신하세요.",
    ),
    known(
        "ABUSE_INTRUSION_ATTEMPTS_REPORT",
        "Abuse report (intrusion)",
        "악용 신고 (침입 시도)",
        "우리 리소스가 침입을 시도한다는 신고입니다. 해당 리소스를 격리하고 AWS에 회신하세요.",
    ),
    known(
        "RISK_CREDENTIALS_EXPOSED",
        "Credentials exposed",
        "자격 증명 노출",
        "액세스 키가 외부에 노출되었습니다. 키를 바로 비활성화하고 사용 기록을 확인하세요.",
    ),
    known(
        "RISK_CREDENTIALS_COMPROMISED",
        "Credentials compromised",
        "자격 증명 탈취",
        "액세스 키가 도용되었습니다. 키를 바로 비활성화하고 만들어진 리소스를 확인하세요.",
    ),
    known(
        "RISK_IAM_QUARANTINE",
        "Credentials quarantined",
        "자격 증명 격리",
        "AWS가 위험한 자격 증명을 격리했습니다. 키를 교체하고 사용 기록을 확인하세요.",
    ),
    known(
        "EC2_PERSISTENT_INSTANCE_RETIREMENT_SCHEDULED",
        "Instance retirement",
        "인스턴스 사용 중지 예정",
        "하드웨어 문제로 인스턴스가 중지될 예정입니다. 그 전에 중지 후 다시 시작하면 새 호스트로 옮겨집니다.",
    ),
    known(
        "EC2_INSTANCE_RETIREMENT_SCHEDULED",
        "Instance retirement",
        "인스턴스 종료 예정",
        "하드웨어 문제로 인스턴스가 종료될 예정입니다. 그 전에 데이터를 옮기고 새 인스턴스로 바꾸세요.",
    ),
    known(
        "EC2_INSTANCE_STOP_SCHEDULED",
        "Instance stop",
        "인스턴스 중지 예정",
        "유지 관리를 위해 인스턴스가 중지됩니다. 그 전에 직접 중지 후 다시 시작하면 영향을 피할 수 있습니다.",
    ),
    known(
        "EC2_INSTANCE_REBOOT_FLEXIBLE_MAINTENANCE_SCHEDULED",
        "Instance reboot (flexible)",
        "인스턴스 재부팅 예정 (일정 변경 가능)",
        "유지 관리를 위해 인스턴스가 재부팅됩니다. 원하는 시각으로 일정을 바꿀 수 있습니다.",
    ),
    known(
        "EC2_INSTANCE_REBOOT_MAINTENANCE_SCHEDULED",
        "Instance reboot",
        "인스턴스 재부팅 예정",
        "유지 관리를 위해 인스턴스가 재부팅됩니다. 그 전에 직접 재부팅하거나 일정을 바꾸세요.",
    ),
    known(
        "EC2_SYSTEM_REBOOT_MAINTENANCE_SCHEDULED",
        "Host reboot",
        "호스트 재부팅 예정",
        "인스턴스가 있는 호스트가 재부팅됩니다. 그 전에 중지 후 다시 시작하면 새 호스트로 옮겨집니다.",
    ),
    known(
        "EC2_INSTANCE_NETWORK_MAINTENANCE_SCHEDULED",
        "Instance network maintenance",
        "인스턴스 네트워크 점검 예정",
        "점검 중 네트워크 연결이 끊길 수 있습니다. 그 전에 중지 후 다시 시작하면 피할 수 있습니다.",
    ),
    known(
        "EC2_INSTANCE_POWER_MAINTENANCE_SCHEDULED",
        "Instance power maintenance",
        "인스턴스 전원 점검 예정",
        "점검 중 인스턴스가 재부팅될 수 있습니다.",
    ),
    known(
        "EC2_DEDICATED_HOST_NETWORK_MAINTENANCE_SCHEDULED",
        "Dedicated Host network maintenance",
        "전용 호스트 네트워크 점검 예정",
        "점검 중 전용 호스트의 네트워크 연결이 끊길 수 있습니다.",
    ),
    known(
        "EC2_INSTANCE_STORE_DRIVE_PERFORMANCE_DEGRADED",
        "Instance store drive degraded",
        "인스턴스 스토어 드라이브 성능 저하",
        "인스턴스 스토어 드라이브의 성능이 떨어졌습니다. 데이터를 옮기고 인스턴스를 교체하세요.",
    ),
    known(
        "EC2_INSTANCE_AUTO_RECOVERY_SUCCESS",
        "Instance recovered",
        "인스턴스 자동 복구 완료",
        "하드웨어 문제로 인스턴스가 다른 호스트에서 다시 시작되었습니다. 서비스가 정상인지 확인하세요.",
    ),
    known(
        "EC2_SIMPLIFIED_AUTO_RECOVERY_SUCCESS",
        "Instance recovered",
        "인스턴스 자동 복구 완료",
        "하드웨어 문제로 인스턴스가 다른 호스트에서 다시 시작되었습니다. 서비스가 정상인지 확인하세요.",
    ),
    known(
        "EC2_INSTANCE_AUTO_RECOVERY_NO_ACTION",
        "Instance not recovered",
        "인스턴스 자동 복구 안 됨",
        "자동 복구가 이루어지지 않았습니다. 인스턴스 상태를 직접 확인하세요.",
    ),
    known(
        "EC2_INSTANCE_AVAILABILITY_ISSUE",
        "Instance availability issue",
        "인스턴스 가용성 문제",
        "인스턴스에 접근하지 못할 수 있습니다. 상태를 확인하고 필요하면 중지 후 다시 시작하세요.",
    ),
    known(
        "EBS_VOLUME_LOST",
        "EBS volume lost",
        "EBS 볼륨 손실",
        "볼륨을 복구할 수 없습니다. 스냅샷에서 다시 만드세요.",
    ),
    known(
        "EBS_DEGRADED_EBS_VOLUME_PERFORMANCE",
        "EBS volume degraded",
        "EBS 볼륨 성능 저하",
        "볼륨의 성능이 떨어졌습니다. AWS가 복구하는 동안 서비스 영향을 확인하세요.",
    ),
    known(
        "ECS_TASK_PATCHING_RETIREMENT",
        "Fargate task retirement",
        "Fargate 태스크 교체 예정",
        "AWS가 패치를 위해 오래된 태스크를 교체합니다. 시점을 정하려면 그 전에 서비스를 다시 배포하세요.",
    ),
    known(
        "RDS_MAINTENANCE_SCHEDULED",
        "Database maintenance",
        "데이터베이스 점검 예정",
        "유지 관리 기간에 데이터베이스가 잠시 멈출 수 있습니다. 점검 시각을 확인하세요.",
    ),
    known(
        "ACM_RENEWAL_STATE_CHANGE",
        "Certificate renewal",
        "인증서 갱신 상태 변경",
        "인증서 갱신 상태가 바뀌었습니다. 자동 갱신이 되는지 확인하세요.",
    ),
    known(
        "ACM_CERTIFICATE_EXPIRED",
        "Certificate expired",
        "인증서 만료",
        "인증서가 만료되었습니다. 바로 교체하세요.",
    ),
    known(
        "VPN_REDUNDANCY_LOSS",
        "VPN redundancy lost",
        "VPN 이중화 상실",
        "터널 하나가 잠시 끊겨 이중화가 깨졌습니다. 두 터널이 모두 살아 있는지 확인하세요.",
    ),
    known(
        "VPN_SINGLE_TUNNEL_NOTIFICATION",
        "VPN on one tunnel",
        "VPN 단일 터널 사용 중",
        "VPN이 터널 하나만 쓰고 있습니다. 두 번째 터널을 구성하세요.",
    ),
    known(
        "DIRECTCONNECT_MAINTENANCE_SCHEDULED",
        "Direct Connect maintenance",
        "Direct Connect 점검 예정",
        "점검 중 연결이 끊깁니다. 이중화 경로가 살아 있는지 확인하세요.",
    ),
    known(
        "DIRECTCONNECT_EMERGENCY_MAINTENANCE_SCHEDULED",
        "Direct Connect emergency maintenance",
        "Direct Connect 긴급 점검",
        "긴급 점검으로 연결이 끊깁니다. 이중화 경로가 살아 있는지 확인하세요.",
    ),
    known(
        "SHIELD_WELCOME_TO_ADVANCED",
        "Shield Advanced subscribed",
        "Shield Advanced 구독 시작",
        "Shield Advanced 구독이 시작되었습니다.",
    ),
    known("BILLING_NOTIFICATION", "Billing notice", "요금 안내", ""),
    known(
        "PLANNED_LIFECYCLE_EVENT",
        "End of standard support",
        "표준 지원 종료",
        "쓰고 있는 버전의 표준 지원이 끝납니다. 기한 전에 지원되는 버전으로 올리세요.",
    ),
    known(
        "OPERATIONAL_ISSUE",
        "Operational issue",
        "운영 문제",
        "AWS 서비스에 문제가 생겨 AWS가 조치하고 있습니다. 우리 서비스의 영향을 확인하세요.",
    ),
    known("OPERATIONAL_NOTIFICATION", "Operational notice", "운영 안내", ""),
    known(
        "API_ISSUE",
        "API issue",
        "API 문제",
        "API 호출이 실패하거나 느릴 수 있습니다. 배포와 자동 확장에 영향이 있는지 확인하세요.",
    ),
    known(
        "CONNECTIVITY_ISSUE",
        "Connectivity issue",
        "연결 문제",
        "네트워크 연결에 문제가 있습니다. 우리 서비스의 영향을 확인하세요.",
    ),
    known(
        "SECURITY_NOTIFICATION",
        "Security notice",
        "보안 안내",
        "보안과 관련된 안내입니다. 내용을 확인하고 필요한 조치를 하세요.",
    ),
    known("HEALTH_TEST_EVENT", "Test event", "테스트 이벤트", "테스트입니다. 할 일은 없습니다."),
    known(
        "MAINTENANCE_SCHEDULED",
        "Maintenance",
        "점검 예정",
        "AWS가 점검을 예정했습니다. 점검 시각과 영향을 확인하세요.",
    ),
    known("MAINTENANCE_COMPLETE", "Maintenance complete", "점검 완료", ""),
    known("CUSTOMER_ENGAGEMENT", "Message from AWS", "AWS의 연락", ""),
];

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
        _ => code.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
