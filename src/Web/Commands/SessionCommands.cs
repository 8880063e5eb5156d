using System.CommandLine;
using BmadServer.Application.Administration;

namespace BmadServer.Web.Commands;

internal static class SessionCommands
{
    public static Command Create(CommandRunner runner) =>
        new("sessions", "Sessions: which devices have one, and how to end it.") { List(runner), End(runner) };

    private static Command List(CommandRunner runner)
    {
        var user = new Option<string?>("--user") { Description = "Only those of this account.", HelpName = "email or id" };
        var command = new Command("list", "The sessions that have not ended, newest first.") { user };
        runner.SetRequest(
            command,
            parsed => new ListOpenSessions(parsed.GetValue(user)),
            (list, output) =>
                TextTable.Write(
                    output,
                    ["ID", "EMAIL", "CONNECTED", "LAST ACTIVITY", "EXPIRES", "DEVICE"],
                    list.Sessions.Select(session =>
                        new[]
                        {
                            $"{session.Id}",
                            session.Email ?? "-",
                            session.Connected ? "yes" : "no",
                            TextTable.Time(session.LastActivityAt),
                            TextTable.Time(session.ExpiresAt),
                            session.Device,
                        }
                    )
                )
        );
        return command;
    }

    private static Command End(CommandRunner runner)
    {
        var id = new Argument<Guid?>("session") { Description = "The session's id.", Arity = ArgumentArity.ZeroOrOne, HelpName = "id" };
        // One that may be left out is otherwise converted when the command runs, which is too late to say that it makes no sense.
        id.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && !Guid.TryParse(token.Value, out _))
            {
                result.AddError($"\"{token.Value}\" is no session's id.");
            }
        });
        var user = new Option<string?>("--user")
        {
            Description = "End all sessions of this account instead, and the sign-ins they came with.",
            HelpName = "email or id",
        };
        var command = new Command(
            "end",
            """
            Ends a session; a server that runs closes its connection within a second. The device may come back with its sign-in, and then
            gets a new session. With --user each of the user's devices has to sign in again.
            """
        )
        {
            id,
            user,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(id) is { Tokens.Count: > 0 } == result.GetResult(user) is { Tokens.Count: > 0 })
            {
                result.AddError("Name either a session or, with --user, an account.");
            }
        });
        runner.SetRequest<EndedSessions>(
            command,
            parsed => parsed.GetValue(user) is { } account ? new SignOutUser(account) : new EndAnySession(parsed.GetValue(id)!.Value),
            (ended, output) => output.WriteLine($"Sessions that were open, and have ended: {ended.Count}.")
        );
        return command;
    }
}
