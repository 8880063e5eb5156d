using System.Globalization;

namespace BmadServer.Fuzz.Tests.Oracle;

/// <summary>An input, or one of several, did what no input may do.</summary>
internal sealed class FuzzFailure(string message) : Exception(message)
{
    /// <param name="batch">What to run to have the same again.</param>
    /// <param name="index">Of the input.</param>
    /// <param name="input">In a form that is safe to print.</param>
    public static FuzzFailure Of(Batch batch, long index, string input, string what) =>
        new(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{batch.Target}, seed {batch.Seed}, input {index}, on {batch.Database}: {what}\nInput: {input}\nThe same again: {batch.Repeat}"
            )
        );
}

/// <summary>Inputs that belong together, such as those of one connection.</summary>
/// <param name="First">The index of the first one.</param>
internal sealed record Batch(string Target, long Seed, long First, int Count, DatabaseKind Database)
{
    public string Repeat =>
        string.Create(CultureInfo.InvariantCulture, $"./test.sh fuzz --target {Target} --seed {Seed} --from {First} --inputs {Count}");
}

internal enum DatabaseKind
{
    Sqlite,
    Postgres,
}
