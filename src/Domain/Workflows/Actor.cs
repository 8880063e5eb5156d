using BmadServer.Domain.Users;

namespace BmadServer.Domain.Workflows;

public enum ActorKind
{
    User,
    Agent,
    System,
}

/// <summary>Who did something in a workflow, with the name they had then.</summary>
public readonly record struct Actor(Guid Id, ActorKind Kind, string Name)
{
    public static Actor User(UserId id, string name) => new(id.Value, ActorKind.User, name);
}
