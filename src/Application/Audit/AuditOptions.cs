namespace BmadServer.Application.Audit;

/// <summary>Configuration section <c>Audit</c>.</summary>
public sealed class AuditOptions
{
    public const string Section = "Audit";

    /// <summary>
    /// A day more than the 7 within which the database refuses to delete: its clock is another one than the server's.
    /// </summary>
    public const int MinimumRetentionDays = 8;

    /// <summary>A century.</summary>
    public const int MaximumRetentionDays = 36_500;

    /// <summary>For how many days the audit log is kept.</summary>
    public int RetentionDays { get; init; } = 90;
}
