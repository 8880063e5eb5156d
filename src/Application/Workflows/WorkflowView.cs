using BmadServer.Domain.Workflows;

namespace BmadServer.Application.Workflows;

/// <summary>A workflow as one of its participants sees it.</summary>
/// <param name="Role">The reader's own role.</param>
/// <param name="Personal">Whether it is the reader's personal workflow.</param>
/// <param name="LastSequence">The sequence of the newest event.</param>
/// <param name="LastReadSequence">How far the reader has read.</param>
/// <param name="Participants">In the order of joining.</param>
public sealed record WorkflowView(
    Guid Id,
    string Title,
    WorkflowStatus Status,
    ParticipantRole Role,
    bool Personal,
    long LastSequence,
    long LastReadSequence,
    DateTimeOffset CreatedAt,
    IReadOnlyList<ParticipantView> Participants
)
{
    internal static WorkflowView Of(Membership membership, IEnumerable<Participant> participants)
    {
        var (workflow, reader) = membership;
        return new WorkflowView(
            workflow.Id.Value,
            workflow.Title,
            workflow.Status,
            reader.Role,
            workflow.IsPersonal,
            workflow.LastSequence,
            reader.LastReadSequence,
            workflow.CreatedAt,
            [.. participants.Select(ParticipantView.Of)]
        );
    }
}

public sealed record ParticipantView(Guid UserId, string Name, ParticipantRole Role, DateTimeOffset JoinedAt)
{
    internal static ParticipantView Of(Participant participant) =>
        new(participant.UserId.Value, participant.Name, participant.Role, participant.JoinedAt);
}
