using System.CommandLine;
using BmadServer.Application.Administration;

namespace BmadServer.Web.Commands;

internal static class UserCommands
{
    public static Command Create(CommandRunner runner) =>
        new("users", "Accounts: who there is, and who may sign in.") { List(runner), Disable(runner), Enable(runner), ResetPassword(runner) };

    private static Argument<string> User() => new("user") { Description = "The account's email address or id.", HelpName = "email or id" };

    private static Command List(CommandRunner runner)
    {
        var command = new Command("list", "All accounts, by address.");
        runner.SetRequest(
            command,
            _ => new ListUsers(),
            (list, output) =>
                TextTable.Write(
                    output,
                    ["EMAIL", "NAME", "STATE", "SESSIONS", "CREATED", "ID"],
                    list.Users.Select(user =>
                        new[] { user.Email, user.DisplayName, State(user), $"{user.OpenSessions}", TextTable.Time(user.CreatedAt), $"{user.Id}" }
                    )
                )
        );
        return command;
    }

    private static Command Disable(CommandRunner runner)
    {
        var user = User();
        var command = new Command(
            "disable",
            """
            Lets nobody sign in with an account any more, and ends its sessions and sign-ins; a server that runs closes its connections
            within a second. What the user wrote, and their place in the workflows, stays.
            """
        )
        {
            user,
        };
        runner.SetRequest(
            command,
            parsed => new DisableUser(parsed.GetRequiredValue(user)),
            (changed, output) => output.WriteLine($"{Name(changed.Email)} is disabled. Sessions that were open: {changed.EndedSessions}.")
        );
        return command;
    }

    private static Command Enable(CommandRunner runner)
    {
        var user = User();
        var command = new Command("enable", "Undoes disable, and a lock-out after too many wrong passwords.") { user };
        runner.SetRequest(
            command,
            parsed => new EnableUser(parsed.GetRequiredValue(user)),
            (changed, output) => output.WriteLine($"{Name(changed.Email)} may sign in.")
        );
        return command;
    }

    private static Command ResetPassword(CommandRunner runner)
    {
        var user = User();
        var fromInput = new Option<bool>("--password-stdin") { Description = "Take the password from the first line of standard input." };
        var command = new Command(
            "reset-password",
            """
            Gives an account another password, and ends its sessions and sign-ins. A random password is written to standard output, this
            once; it is kept nowhere. A lock-out ends too; an account that is disabled stays so.
            """
        )
        {
            user,
            fromInput,
        };
        runner.SetRequest<PasswordReset>(
            command,
            async (parsed, cancellationToken) =>
            {
                // An end of input is no password, and not the wish for a random one.
                var password = parsed.GetValue(fromInput) ? await Console.In.ReadLineAsync(cancellationToken) ?? "" : null;
                return new ResetPassword(parsed.GetRequiredValue(user), password);
            },
            (reset, output) =>
            {
                output.WriteLine($"{Name(reset.Email)} has another password. Sessions that were open: {reset.EndedSessions}.");
                if (reset.NewPassword is { } random)
                {
                    output.WriteLine(random);
                }
            }
        );
        return command;
    }

    private static string Name(string email) => TextTable.Printable(email);

    private static string State(UserLine user) =>
        user.DisabledAt is { } since ? $"disabled since {TextTable.Time(since)}"
        : user.LockedUntil is { } end ? $"locked until {TextTable.Time(end)}"
        : "active";
}
