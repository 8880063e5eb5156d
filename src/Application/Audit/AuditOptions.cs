namespace BmadServer.Application.Audit;

/// <summary>Configuration section <c>Audit</c>.</summary>
public sealed class AuditOptions
{
    public const string Section = "Audit";

    /// <summary>The database refuses to delete what is younger.</summary>
    public const int MinimumRetentionDays = 7;

    /// <summary>A century.</summary>
    public const int MaximumRetentionDays = 36_500;

    /// <summary>For how many days the audit log is kept.</summary>
    public int RetentionDays { get; init; } = 90;
}
