using System.CommandLine;
using BmadServer.Load.Subjects;

namespace BmadServer.Load.Commands;

/// <summary>What is measured.</summary>
internal sealed class SubjectArguments(params SubjectKind[] usual)
{
    private readonly Option<SubjectKind[]> _subjects = new("--subjects")
    {
        Description = "What takes turns: echo, commit and group are the floors, postgres and sqlite the server on either database.",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => usual,
    };

    public void AddTo(Command command) => command.Options.Add(_subjects);

    public IReadOnlyList<SubjectKind> Read(ParseResult parsed) => parsed.GetValue(_subjects) ?? usual;
}
