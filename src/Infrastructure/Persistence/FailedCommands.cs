using System.Data.Common;
using Microsoft.EntityFrameworkCore.Diagnostics;

namespace BmadServer.Infrastructure.Persistence;

/// <summary>
/// Keeps Npgsql 10.0 from using the object of a failed command again. A command that could not be written, since the connection
/// had broken, stays marked as about to be prepared; its next use, on a whole connection, then fails, or prepares a second time
/// what is prepared there, and from then on every use of that statement on that connection fails with 42P05.
/// </summary>
internal sealed class FailedCommands : DbCommandInterceptor
{
    public static readonly FailedCommands Instance = new();

    public override void CommandFailed(DbCommand command, CommandErrorEventData eventData) => Detach(command);

    public override Task CommandFailedAsync(
        DbCommand command,
        CommandErrorEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        Detach(command);
        return Task.CompletedTask;
    }

    public override void CommandCanceled(DbCommand command, CommandEndEventData eventData) => Detach(command);

    public override Task CommandCanceledAsync(
        DbCommand command,
        CommandEndEventData eventData,
        CancellationToken cancellationToken = default
    )
    {
        Detach(command);
        return Task.CompletedTask;
    }

    /// <summary>When it is disposed of, a connection takes back only what is its own.</summary>
    private static void Detach(DbCommand command) => command.Connection = null;
}
