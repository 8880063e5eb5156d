namespace BmadServer.Domain.Workflows;

public readonly record struct MessageId(Guid Value)
{
    public static MessageId New(DateTimeOffset now) => new(Guid.CreateVersion7(now));

    public override string ToString() => Value.ToString();
}
