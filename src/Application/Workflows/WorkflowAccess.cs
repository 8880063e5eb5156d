using BmadServer.Domain.Common;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.Workflows;

internal static class WorkflowAccess
{
    /// <exception cref="DomainException"><c>workflow.not_found</c>: no such workflow, or the user is not in it.</exception>
    public static async Task<Membership> FindOwnAsync(
        this IWorkflowRepository workflows,
        WorkflowId id,
        UserId user,
        CancellationToken cancellationToken
    ) => await workflows.FindAsync(id, user, cancellationToken) ?? throw WorkflowErrors.NotFound();

    /// <summary>The same, to change it: locked until the transaction ends.</summary>
    /// <exception cref="DomainException"><c>workflow.not_found</c>: no such workflow, or the user is not in it.</exception>
    public static async Task<Membership> FindOwnForUpdateAsync(
        this IWorkflowRepository workflows,
        WorkflowId id,
        UserId user,
        CancellationToken cancellationToken
    ) => await workflows.FindForUpdateAsync(id, user, cancellationToken) ?? throw WorkflowErrors.NotFound();

    public static async Task<WorkflowView> ViewAsync(
        this IWorkflowRepository workflows,
        Membership membership,
        CancellationToken cancellationToken
    )
    {
        var id = membership.Workflow.Id;
        var participants = await workflows.ListParticipantsAsync([id], cancellationToken);
        return WorkflowView.Of(membership, participants[id]);
    }
}
