using BmadServer.Load.Checking;
using BmadServer.Load.Measuring;
using BmadServer.Load.Modes;
using BmadServer.Load.Subjects;

namespace BmadServer.Load.Reporting;

/// <summary>All that a run measured, as it is kept in a file.</summary>
internal sealed record RunResult
{
    /// <summary>What was asked for, for example <c>run</c>.</summary>
    public string Command { get; init; } = "";

    public DateTimeOffset At { get; init; }

    public Machine Machine { get; init; } = Machine.Describe(postgres: null);

    /// <summary>What the server was started with beside its own database.</summary>
    public IReadOnlyDictionary<string, string> ServerSettings { get; init; } = ServerSubject.Settings;

    public IReadOnlyList<Measurement> Measurements { get; init; } = [];

    /// <summary>What the closed loops' acks were held against. Where something was wrong there is no result.</summary>
    public IReadOnlyList<LogCheck> Checks { get; init; } = [];

    public IReadOnlyList<IdleMeasurement> Idle { get; init; } = [];

    public IReadOnlyList<ChurnMeasurement> Churn { get; init; } = [];

    public IReadOnlyList<HistoryMeasurement> History { get; init; } = [];

    public IReadOnlyList<CostMeasurement> Costs { get; init; } = [];

    /// <summary>What that comes to, for those who read the file.</summary>
    public IReadOnlyList<Goal> Goals => Reporting.Goals.Read(this);
}

/// <param name="Postgres">Its version, and whether it syncs to disk; null where none was used.</param>
internal sealed record Machine(int Processors, string System, string Runtime, string? Postgres)
{
    public static Machine Describe(string? postgres) =>
        new(
            Environment.ProcessorCount,
            global::System.Runtime.InteropServices.RuntimeInformation.OSDescription,
            global::System.Runtime.InteropServices.RuntimeInformation.FrameworkDescription,
            postgres
        );
}
