using BmadServer.Domain.Workflows;

namespace BmadServer.Infrastructure.Persistence.Posts;

/// <summary>
/// The workflows that a unit of work found for posting, and the messages it posts, until they are stored. The change tracker would keep a
/// copy of each.
/// </summary>
internal sealed class NewPosts
{
    private readonly Dictionary<WorkflowId, KnownWorkflow> _workflows = [];
    private readonly List<Message> _messages = [];

    public IReadOnlyCollection<KnownWorkflow> Workflows => _workflows.Values;

    public IReadOnlyList<Message> Messages => _messages;

    public KnownWorkflow? Find(WorkflowId id) => _workflows.GetValueOrDefault(id);

    public void Add(KnownWorkflow workflow) => _workflows.Add(workflow.Workflow.Id, workflow);

    /// <exception cref="InvalidOperationException">Its workflow was not found for posting, so nothing would hold the post against it.</exception>
    public void Add(Message message)
    {
        if (!_workflows.ContainsKey(message.WorkflowId))
        {
            throw new InvalidOperationException($"Workflow {message.WorkflowId} was not found for posting.");
        }

        _messages.Add(message);
    }

    public void Clear()
    {
        _workflows.Clear();
        _messages.Clear();
    }
}
