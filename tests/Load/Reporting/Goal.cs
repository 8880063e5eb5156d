using System.Globalization;

namespace BmadServer.Load.Reporting;

/// <summary>A number to reach, and what was reached.</summary>
/// <param name="IsLowerBound">Whether the limit is the least that will do, and not the most.</param>
/// <param name="Unit">Empty for ratios.</param>
/// <param name="Remark">What was shortened, or stands behind the number.</param>
internal sealed record Goal(string What, double Value, bool IsLowerBound, double Limit, string Unit, string Remark)
{
    public bool IsMet => IsLowerBound ? Value >= Limit : Value <= Limit;

    public string LimitText =>
        $"{(IsLowerBound ? "≥" : "≤")} {Limit.ToString(CultureInfo.InvariantCulture)}{(Unit.Length == 0 ? "" : $" {Unit}")}";
}
