//! PURE. The table of known event type codes, as of November 2026. AWS publishes no list of them:
//! those that its sample events, its documentation and published rules show are named in the
//! test of [`super`]; the few others are known from practice and cost nothing where they never
//! come.

pub(super) struct Known {
    /// The code without `AWS_`, or what such a code ends in.
    pub(super) code: &'static str,
    pub(super) en: &'static str,
    pub(super) ko: &'static str,
    /// What happened and what to do, in Korean.
    pub(super) meaning: &'static str,
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
pub(super) const KNOWN: &[Known] = &[
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
        "점검 중 인스턴스가 재부팅될 수 있습니다. 그 전에 중지 후 다시 시작하면 피할 수 있습니다.",
    ),
    known(
        "EC2_DEDICATED_HOST_NETWORK_MAINTENANCE_SCHEDULED",
        "Dedicated Host network maintenance",
        "전용 호스트 네트워크 점검 예정",
        "점검 중 전용 호스트의 네트워크가 끊길 수 있습니다. 그 전에 인스턴스를 다른 호스트로 옮기세요.",
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
        "Volume lost",
        "볼륨 손실",
        "볼륨의 데이터를 되살릴 수 없습니다. 스냅샷에서 볼륨을 다시 만드세요.",
    ),
    known(
        "EBS_DEGRADED_EBS_VOLUME_PERFORMANCE",
        "Volume degraded",
        "볼륨 성능 저하",
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
        "인증서가 갱신되었거나 만료되었거나 곧 만료됩니다. 자동으로 갱신되지 않으면 기한 전에 도메인 검증을 마치세요.",
    ),
    known(
        "ACM_CERTIFICATE_EXPIRED",
        "Certificate expired",
        "인증서 만료",
        "인증서가 만료되어 접속이 실패할 수 있습니다. 바로 교체하세요.",
    ),
    known(
        "VPN_REDUNDANCY_LOSS",
        "Redundancy lost",
        "이중화 상실",
        "터널 하나가 잠시 끊겨 이중화가 깨졌습니다. 두 터널이 모두 살아 있는지 확인하세요.",
    ),
    known(
        "VPN_SINGLE_TUNNEL_NOTIFICATION",
        "One tunnel only",
        "단일 터널 사용 중",
        "VPN이 터널 하나만 쓰고 있습니다. 두 번째 터널을 구성하세요.",
    ),
    known(
        "DIRECTCONNECT_MAINTENANCE_SCHEDULED",
        "Maintenance",
        "점검 예정",
        "점검 중 연결이 끊깁니다. 이중화 경로가 살아 있는지 확인하세요.",
    ),
    known(
        "DIRECTCONNECT_EMERGENCY_MAINTENANCE_SCHEDULED",
        "Emergency maintenance",
        "긴급 점검",
        "긴급 점검으로 연결이 끊깁니다. 이중화 경로가 살아 있는지 확인하세요.",
    ),
    known(
        "SHIELD_WELCOME_TO_ADVANCED",
        "Advanced subscribed",
        "Advanced 구독 시작",
        "Shield Advanced 구독이 시작되었습니다. 요청한 것이 맞는지 확인하세요.",
    ),
    known(
        "EC2_INSTANCE_RETIREMENT_EXPEDITED",
        "Instance retirement (brought forward)",
        "인스턴스 종료 (일정 앞당김)",
        "하드웨어 상태가 나빠져 인스턴스 종료가 앞당겨졌습니다. 바로 데이터를 옮기고 새 인스턴스로 바꾸세요.",
    ),
    known(
        "EC2_PERSISTENT_INSTANCE_RETIREMENT_EXPEDITED",
        "Instance retirement (brought forward)",
        "인스턴스 사용 중지 (일정 앞당김)",
        "하드웨어 상태가 나빠져 인스턴스 중지가 앞당겨졌습니다. 바로 중지 후 다시 시작해 새 호스트로 옮기세요.",
    ),
    known(
        "EC2_INSTANCE_TERMINATION_SCHEDULED",
        "Instance termination",
        "인스턴스 종료 예정",
        "인스턴스가 종료될 예정입니다. 그 전에 데이터를 옮기고 새 인스턴스로 바꾸세요.",
    ),
    known(
        "EC2_PERSISTENT_INSTANCE_POWER_MAINTENANCE_SCHEDULED",
        "Instance power maintenance",
        "인스턴스 전원 점검 예정",
        "점검 중 인스턴스가 중지될 수 있습니다. 그 전에 중지 후 다시 시작하면 피할 수 있습니다.",
    ),
    known(
        "EC2_INSTANCE_POWER_MAINTENANCE_FAILED",
        "Instance power maintenance failed",
        "인스턴스 전원 점검 실패",
        "전원 점검이 끝나지 않았습니다. 인스턴스가 정상인지 확인하고 필요하면 교체하세요.",
    ),
    known(
        "EC2_DEDICATED_HOST_RETIREMENT_SCHEDULED",
        "Dedicated Host retirement",
        "전용 호스트 사용 중지 예정",
        "전용 호스트가 사용 중지될 예정입니다. 그 전에 새 호스트를 할당하고 인스턴스를 옮기세요.",
    ),
    known(
        "EC2_SYSTEM_MAINTENANCE_EVENT",
        "Host maintenance",
        "호스트 점검 예정",
        "인스턴스가 있는 호스트를 점검합니다. 점검 시각과 영향을 확인하세요.",
    ),
    known(
        "EC2_HOST_RECOVERY_FAILURE",
        "Dedicated Host not recovered",
        "전용 호스트 복구 실패",
        "전용 호스트를 자동으로 복구하지 못했습니다. 새 호스트를 할당하고 인스턴스를 다시 시작하세요.",
    ),
    known(
        "EC2_SIMPLIFIED_AUTO_RECOVERY_FAILURE",
        "Instance not recovered",
        "인스턴스 자동 복구 실패",
        "하드웨어 문제 뒤 인스턴스를 자동으로 복구하지 못했습니다. 중지 후 다시 시작하거나 교체하세요.",
    ),
    known(
        "EC2_NETWORK_CONNECTIVITY_ISSUE",
        "Network connectivity issue",
        "네트워크 연결 문제",
        "인스턴스의 네트워크 연결에 문제가 있습니다. 우리 서비스의 영향을 확인하고 필요하면 다른 가용 영역으로 옮기세요.",
    ),
    known(
        "ELASTICLOADBALANCING_INSUFFICIENT_INSTANCE_CAPACITY",
        "Not enough capacity",
        "용량 부족",
        "로드 밸런서를 늘릴 용량이 모자랍니다. 다른 가용 영역의 서브넷을 추가하세요.",
    ),
    known(
        "ELASTICLOADBALANCING_ENI_LIMIT_REACHED",
        "Network interface limit reached",
        "네트워크 인터페이스 한도 도달",
        "네트워크 인터페이스 한도에 걸려 로드 밸런서를 늘릴 수 없습니다. 쓰지 않는 인터페이스를 지우거나 한도를 올리세요.",
    ),
    known(
        "ELASTICLOADBALANCING_NODE_FAILURE",
        "Node failure",
        "노드 장애",
        "로드 밸런서의 노드 하나에 장애가 있습니다. 트래픽이 정상인지 확인하세요.",
    ),
    known(
        "ELASTICACHE_PREVIOUS_GENERATION_NODE_REPLACEMENT_FAILED",
        "Node replacement failed",
        "노드 교체 실패",
        "이전 세대 노드를 교체하지 못했습니다. 노드 유형을 직접 바꾸세요.",
    ),
    known(
        "RDS_HARDWARE_MAINTENANCE_SCHEDULED",
        "Database hardware maintenance",
        "데이터베이스 하드웨어 점검 예정",
        "하드웨어 점검으로 데이터베이스가 잠시 멈춥니다. 점검 시각을 확인하고, 다중 AZ라면 장애 조치를 준비하세요.",
    ),
    known(
        "RDS_POINT_IN_TIME_FAILURE",
        "Point-in-time restore at risk",
        "특정 시점 복구 불가",
        "특정 시점으로 복구하지 못할 수 있습니다. 지금 수동 스냅샷을 뜨세요.",
    ),
    known(
        "DYNAMODB_GT_WORKFLOW_FAILED",
        "Global table change failed",
        "글로벌 테이블 작업 실패",
        "글로벌 테이블 작업이 실패했습니다. 복제본 상태를 확인하고 다시 시도하세요.",
    ),
    known(
        "ACM_RENEWAL_FAILURE",
        "Certificate renewal failed",
        "인증서 갱신 실패",
        "인증서를 갱신하지 못했습니다. 만료 전에 원인을 고치고 다시 갱신하세요.",
    ),
    known(
        "CAA_CHECK_FAILURE",
        "Certificate blocked by a CAA record",
        "인증서를 막는 CAA 레코드",
        "DNS의 CAA 레코드 때문에 인증서를 갱신하지 못합니다. CAA 레코드에 Amazon을 추가하세요.",
    ),
    known(
        "CLOUDSHELL_PERSISTENCE_EXPIRING",
        "Home directories to be deleted",
        "홈 디렉터리 삭제 예정",
        "오래 쓰지 않은 CloudShell 홈 디렉터리가 곧 지워집니다. 남길 파일이 있으면 그 전에 CloudShell을 여세요.",
    ),
    known(
        "BILLING_SUSPENSION_NOTICE",
        "Account may be suspended",
        "계정 정지 예고",
        "미납 요금 때문에 계정이 정지될 수 있습니다. 결제 수단과 미납 요금을 바로 확인하세요.",
    ),
    known(
        "BILLING_NOTIFICATION",
        "Notice",
        "요금 안내",
        "결제와 요금에 관한 안내입니다. 내용을 확인하세요.",
    ),
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
    known(
        "OPERATIONAL_NOTIFICATION",
        "Operational notice",
        "운영 안내",
        "서비스 운영에 관한 안내입니다. 우리 리소스에 할 일이 있는지 확인하세요.",
    ),
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
    known(
        "MAINTENANCE_COMPLETE",
        "Maintenance complete",
        "점검 완료",
        "점검이 끝났습니다. 서비스가 정상인지 확인하세요.",
    ),
    known(
        "SCHEDULED_MAINTENANCE",
        "Maintenance",
        "점검 예정",
        "AWS가 점검을 예정했습니다. 점검 시각과 영향을 확인하세요.",
    ),
    known(
        "INSTANCE_RETIREMENT_SCHEDULED",
        "Instance retirement",
        "인스턴스 사용 중지 예정",
        "인스턴스가 사용 중지될 예정입니다. 그 전에 데이터를 옮기고 새 인스턴스로 바꾸세요.",
    ),
    known(
        "CUSTOMER_ENGAGEMENT",
        "Message from AWS",
        "AWS의 연락",
        "AWS가 확인을 요청했습니다. 내용을 읽고 회신하세요.",
    ),
];
