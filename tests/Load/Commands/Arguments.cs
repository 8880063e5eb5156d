using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using BmadServer.Load.Subjects;

namespace BmadServer.Load.Commands;

/// <summary>Options that several commands have, or that are checked alike.</summary>
internal static class Arguments
{
    public static Option<int> Positive(string name, string description, int usual)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (NumberOf<int>(result) <= 0)
            {
                result.AddError($"{name} must be above 0.");
            }
        });
        return option;
    }

    public static Option<double> Time(string name, string description, double usual)
    {
        var option = new Option<double>(name) { Description = $"{description}, in seconds.", DefaultValueFactory = _ => usual };
        option.Validators.Add(result =>
        {
            if (NumberOf<double>(result) is < 0 or > 86_400 or double.NaN)
            {
                result.AddError($"{name} must be from 0 to 86,400 s.");
            }
        });
        return option;
    }

    /// <summary>Refuses numbers that make other workflows than were asked for, or leave some with fewer people than others.</summary>
    public static void SpreadEvenly(Command command, Option<int> people, Option<int> workflows) =>
        command.Validators.Add(result =>
        {
            var (many, few) = (ValueOf(people), ValueOf(workflows));
            if (few > 0 && many % few != 0)
            {
                result.AddError($"{people.Name} {many} do not spread evenly over {workflows.Name} {few}.");
            }

            // The usual values are filled in only after this.
            int ValueOf(Option<int> option) =>
                result.GetResult(option) is { Tokens.Count: > 0 } given ? NumberOf<int>(given) ?? 0 : (int)option.GetDefaultValue()!;
        });

    /// <summary>The server on which database.</summary>
    public static Option<SubjectKind> Database()
    {
        var option = new Option<SubjectKind>("--database")
        {
            Description = "The server's database: postgres or sqlite.",
            DefaultValueFactory = _ => SubjectKind.Postgres,
        };
        option.AcceptOnlyFromAmong("postgres", "sqlite");
        return option;
    }

    /// <summary>Null where nothing was given, and for what is no number: that is refused after these validators.</summary>
    private static T? NumberOf<T>(OptionResult result)
        where T : struct, IParsable<T> =>
        result.Tokens is [var token] && T.TryParse(token.Value, CultureInfo.InvariantCulture, out var number) ? number : null;
}
