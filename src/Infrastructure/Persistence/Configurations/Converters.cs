using System.Text.Json;
using BmadServer.Domain.Sessions;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;

namespace BmadServer.Infrastructure.Persistence.Configurations;

internal sealed class UserIdConverter() : ValueConverter<UserId, Guid>(id => id.Value, value => new UserId(value));

internal sealed class TokenFamilyIdConverter()
    : ValueConverter<TokenFamilyId, Guid>(id => id.Value, value => new TokenFamilyId(value));

internal sealed class SessionIdConverter() : ValueConverter<SessionId, Guid>(id => id.Value, value => new SessionId(value));

internal sealed class NodeIdConverter() : ValueConverter<NodeId, Guid>(id => id.Value, value => new NodeId(value));

internal sealed class WorkflowIdConverter() : ValueConverter<WorkflowId, Guid>(id => id.Value, value => new WorkflowId(value));

internal sealed class MessageIdConverter() : ValueConverter<MessageId, Guid>(id => id.Value, value => new MessageId(value));

/// <summary>SQLite can neither compare nor sort a DateTimeOffset; it can a number: microseconds since 1970, UTC.</summary>
internal sealed class UtcMicrosecondsConverter()
    : ValueConverter<DateTimeOffset, long>(
        time => Of(time),
        value => new DateTimeOffset(DateTimeOffset.UnixEpoch.Ticks + value * TimeSpan.TicksPerMicrosecond, TimeSpan.Zero)
    )
{
    public static long Of(DateTimeOffset time) => (time.UtcTicks - DateTimeOffset.UnixEpoch.Ticks) / TimeSpan.TicksPerMicrosecond;
}

internal sealed class SessionStateConverter()
    : ValueConverter<SessionState, string>(state => Write(state), json => Read(json))
{
    private static readonly JsonSerializerOptions Options = new(JsonSerializerDefaults.Web);

    private static string Write(SessionState state) =>
        JsonSerializer.Serialize(new Stored([.. state.JoinedWorkflows.Select(id => id.Value)]), Options);

    private static SessionState Read(string json) =>
        new([.. JsonSerializer.Deserialize<Stored>(json, Options)!.JoinedWorkflows.Select(id => new WorkflowId(id))]);

    private sealed record Stored(Guid[] JoinedWorkflows);
}

/// <summary>The state is immutable, so the value itself serves as its snapshot.</summary>
internal sealed class SessionStateComparer()
    : ValueComparer<SessionState>((left, right) => object.Equals(left, right), state => state.GetHashCode(), state => state);
