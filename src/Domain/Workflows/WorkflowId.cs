namespace BmadServer.Domain.Workflows;

public readonly record struct WorkflowId(Guid Value)
{
    public static WorkflowId New(DateTimeOffset now) => new(Guid.CreateVersion7(now));

    /// <summary>UUIDv7 sorts by age; the database compares, this only lets a query say so.</summary>
    public static bool operator <(WorkflowId left, WorkflowId right) => left.Value < right.Value;

    public static bool operator >(WorkflowId left, WorkflowId right) => left.Value > right.Value;

    public override string ToString() => Value.ToString();
}
