using System.CommandLine;
using BmadServer.Load.Modes;

namespace BmadServer.Load.Commands;

/// <summary>How often and how long subjects take turns.</summary>
internal sealed class RoundArguments(int rounds, double seconds)
{
    private readonly Option<int> _rounds = Arguments.Positive("--rounds", "How often the subjects take turns; the median counts.", rounds);
    private readonly Option<double> _seconds = Arguments.Time("--seconds", "What is measured of each round", seconds);
    private readonly Option<double> _warmUp = Arguments.Time(
        "--warm-up",
        "What is not measured before it, three times as long at first",
        1
    );

    public void AddTo(Command command)
    {
        command.Options.Add(_rounds);
        command.Options.Add(_seconds);
        command.Options.Add(_warmUp);
    }

    public RoundOptions Read(ParseResult parsed)
    {
        var warmUp = TimeSpan.FromSeconds(parsed.GetValue(_warmUp));
        return new RoundOptions(parsed.GetValue(_rounds), 3 * warmUp, warmUp, TimeSpan.FromSeconds(parsed.GetValue(_seconds)));
    }
}
