"""Names in the OpenAPI description for choices whose fields are called alike: name -> where the choices stand."""

from typing import Any

NAMES: dict[str, Any] = {
    "CallStepEnum": "consortium.calls.states.RoomStep",
    "CallRungEnum": "consortium.calls.states.Rung",
    "CallCauseEnum": "consortium.calls.states.Cause",
    "CallSeatEnum": "consortium.calls.states.SeatRole",
    "BookingKindEnum": "consortium.casework.states.booking.BookingKind",
    "BookingStepEnum": "consortium.casework.states.booking.BookingStep",
    "ConsentKindEnum": "consortium.patients.states.ConsentKind",
    "ConsentStatusEnum": "consortium.patients.states.ConsentStatus",
    "DayKindEnum": "consortium.casework.states.booking.DayKind",
    "GrantReasonEnum": "consortium.patients.states.GrantReason",
    "PriorityEnum": "consortium.casework.api.lists.PRIORITIES",
    "IncidentKindEnum": "referrals.states.IncidentKind",
    "ReferralKindEnum": "referrals.states.Kind",
    "ReferralReasonEnum": "referrals.states.Reason",
    "ReferralDeclineReasonEnum": "referrals.states.DeclineReason",
    "ReferralCancelReasonEnum": "referrals.states.CANCEL_CHOICES",
    "ReferralEndReasonEnum": "referrals.states.EndReason",
    "ReferralErrorReasonEnum": "referrals.states.ErrorReason",
    "ReportStepEnum": "consortium.insight.states.ReportStep",
    "CapabilityEnum": "consortium.people.states.Capability",
    "ReferralUrgencyEnum": ["E0", "E1", "U1", "U2", "R1", "R2", "H", ""],
    "RecordingStepEnum": "consultations.states.RecordingStep",
    "RoleEnum": "consortium.people.states.Role",
    "MeasurementKindEnum": "consortium.patients.states.MeasurementKind",
    "WeekdayEnum": "consortium.casework.states.booking.Weekday",
    "ExamStepEnum": "courses.assessment.states.exams.ExamStep",
    "ExamAttemptStepEnum": "courses.assessment.states.exams.AttemptStep",
    "ExamRevealEnum": "courses.assessment.states.exams.Reveal",
}
