using System.CommandLine;
using BmadServer.Load.Reporting;
using BmadServer.Load.Subjects;

namespace BmadServer.Load.Commands;

/// <summary>Where results go, and how a command that measures runs.</summary>
internal sealed class ResultArguments
{
    private readonly Option<string> _folder = new("--results")
    {
        Description = "Where the JSON, Markdown and SVG files go.",
        DefaultValueFactory = _ => Path.Combine("tests", "Load", "results"),
    };

    /// <summary>Gives a command its options, and what it does: measure, print the tables and write the files.</summary>
    /// <param name="measureAsync">Measures; the command, the time and the machine are filled in.</param>
    public static void Set(Command command, Func<ParseResult, Laboratory, CancellationToken, Task<RunResult>> measureAsync)
    {
        var arguments = new ResultArguments();
        command.Options.Add(arguments._folder);
        command.SetAction(
            (parsed, cancellationToken) =>
                ExitCodes.OfAsync(() => arguments.RunAsync(parsed, measureAsync, cancellationToken), cancellationToken)
        );
    }

    private async Task<int> RunAsync(
        ParseResult parsed,
        Func<ParseResult, Laboratory, CancellationToken, Task<RunResult>> measureAsync,
        CancellationToken cancellationToken
    )
    {
        var at = TimeProvider.System.GetUtcNow();
        await using var laboratory = new Laboratory();
        var measured = await measureAsync(parsed, laboratory, cancellationToken);
        var result = measured with
        {
            Command = string.Join(' ', parsed.Tokens.Select(token => token.Value)),
            At = at,
            Machine = Machine.Describe(laboratory.PostgresDescription),
        };
        Progress.End();
        Console.WriteLine(MarkdownReport.Write(result));
        Console.WriteLine(ResultFiles.Save(result, parsed.GetValue(_folder)!));
        return ExitCodes.Done;
    }
}
