using BmadServer.Domain.Workflows;

namespace BmadServer.Application.Workflows;

/// <summary>Where committed events go, on their way to those who have the workflow open.</summary>
public interface IWorkflowEventPublisher
{
    /// <summary>
    /// Takes committed events, those of one workflow in sequence order; calls for one workflow never overlap. Returns at once:
    /// nobody who writes waits for those who read.
    /// </summary>
    void Publish(IReadOnlyList<WorkflowEvent> events);
}
