using System.Globalization;

namespace BmadServer.Recovery.Tests;

/// <summary>Where the tests say what they measured. A file named by <c>BMADSERVER_RECOVERY_FIGURES</c> gets it as a row of a Markdown table.</summary>
internal static class Figures
{
    private static readonly Lock Gate = new();

    /// <param name="goal">What the figure should be, in words or numbers; empty where nothing is promised.</param>
    public static void Report(string name, double value, string unit, string goal)
    {
        var number = value.ToString(Math.Abs(value) < 10 && value != Math.Truncate(value) ? "0.00" : "0.#", CultureInfo.InvariantCulture);
        Report(name, number, unit, goal);
    }

    public static void Report(string name, string value, string unit, string goal)
    {
        TestContext.Progress.WriteLine($"FIGURE {name}: {value} {unit}{(goal.Length == 0 ? string.Empty : $" (goal: {goal})")}");
        if (Environment.GetEnvironmentVariable("BMADSERVER_RECOVERY_FIGURES") is { Length: > 0 } file)
        {
            lock (Gate)
            {
                File.AppendAllText(file, $"| {name} | {value} {unit} | {goal} |\n");
            }
        }
    }
}
