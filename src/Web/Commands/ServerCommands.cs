using System.CommandLine;

namespace BmadServer.Web.Commands;

/// <summary>
/// What an operator can ask of the program instead of starting the server. Commands work on the database, as the server does,
/// and not through a server that runs: that one sees what they did there within a second.
/// </summary>
internal static class ServerCommands
{
    private static readonly string[] Questions = ["--help", "-h", "-?", "--version"];

    /// <summary>Whether the arguments name a command, or a word that is none. Otherwise they are settings of the server.</summary>
    public static bool IsCommand(string[] args) =>
        Split(args).Words is [var first, ..] && (Questions.Contains(first) || !(first.StartsWith('-') || first.StartsWith('/') || first.Contains('=')));

    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(string[] args)
    {
        var (settings, words) = Split(args);
        var parsed = Create(new CommandRunner(settings)).Parse(words);
        var code = await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = TimeSpan.FromSeconds(30),
                // Explanations that nobody asked for are no output of the command.
                Output = parsed.Errors.Count > 0 ? Console.Error : Console.Out,
            }
        );
        return parsed.Errors.Count > 0 ? ExitCodes.Misused : code;
    }

    private static RootCommand Create(CommandRunner runner) =>
        new(
            """
            Without a command the server starts. With one it is done, and the program ends.

            Settings are those of the server: environment variables, appsettings.json, or --Section:Key=value among the arguments. Run
            commands as the server's user, so that the data directory stays that user's.

            The exit code is 0 when it was done, 1 when it was refused or failed, and 2 when the arguments make no sense. With --json,
            standard output is one JSON object: the outcome, or {"error":{"code":…,"message":…}}.
            """
        )
        {
            runner.Json,
            MigrateCommand.Create(runner),
            ImportCommand.Create(runner),
            UserCommands.Create(runner),
            SessionCommands.Create(runner),
            KeyCommands.Create(runner),
            AuditCommands.Create(runner),
            CheckCommand.Create(runner),
        };

    /// <summary>Settings have a section in their name, which no option of a command has: <c>--Data:Directory=/srv/data</c>.</summary>
    private static (string[] Settings, string[] Words) Split(string[] args)
    {
        var settings = args.Where(IsSetting).ToArray();
        return (settings, [.. args.Where(arg => !IsSetting(arg))]);

        static bool IsSetting(string arg) =>
            arg.StartsWith("--", StringComparison.Ordinal) && arg.IndexOf('=') is > 0 and var end && arg.AsSpan(0, end).Contains(':');
    }
}
