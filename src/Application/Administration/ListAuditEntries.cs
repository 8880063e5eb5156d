using BmadServer.Application.Auth;
using BmadServer.Application.Common;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Users;
using FluentValidation;
using MediatR;

namespace BmadServer.Application.Administration;

/// <summary>The audit log, newest first, for the operator.</summary>
/// <param name="User">Only what this account did or what is about it, by email address or id; null for everybody.</param>
/// <param name="Since">Only what was recorded at this time or later; null for all.</param>
/// <param name="What">Only this event, as <see cref="Events"/> names it; null for all.</param>
/// <param name="Limit">At most so many entries.</param>
public sealed record ListAuditEntries(string? User = null, DateTimeOffset? Since = null, string? What = null, int Limit = ListAuditEntries.DefaultLimit)
    : IRequest<AuditEntryList>
{
    public const int DefaultLimit = 1000;

    /// <summary>The names of all events.</summary>
    public static string Events => WireEnum.Names<AuditEvent>();
}

/// <param name="HasMore">Whether there are older ones that the limit left out.</param>
public sealed record AuditEntryList(IReadOnlyList<AuditLine> Entries, bool HasMore);

/// <param name="Outcome"><c>succeeded</c> or <c>refused</c>.</param>
/// <param name="ActorId">Who did it; null for the operator at the command line, and for somebody who is not signed in.</param>
/// <param name="UserId">Whose account it is about.</param>
/// <param name="Address">The client's network address; null for the command line.</param>
public sealed record AuditLine(
    Guid Id,
    DateTimeOffset At,
    string What,
    string Outcome,
    Guid? ActorId,
    string? ActorEmail,
    Guid? UserId,
    string? UserEmail,
    Guid? WorkflowId,
    string? Address,
    string? Detail
);

internal sealed class ListAuditEntriesValidator : AbstractValidator<ListAuditEntries>
{
    private const int MaximumLimit = 100_000;

    public ListAuditEntriesValidator()
    {
        RuleFor(request => request.What)
            .Must(what => what is null || WireEnum.TryParse<AuditEvent>(what, out _))
            .WithMessage($"What must be one of {ListAuditEntries.Events}.");
        RuleFor(request => request.Limit).InclusiveBetween(1, MaximumLimit).WithMessage($"Limit must be 1 to {MaximumLimit}.");
    }
}

internal sealed class ListAuditEntriesHandler(IUserAccounts accounts, IAuditLog log) : IRequestHandler<ListAuditEntries, AuditEntryList>
{
    public async Task<AuditEntryList> Handle(ListAuditEntries request, CancellationToken cancellationToken)
    {
        UserId? user = request.User is { } wanted ? (await accounts.FindAsync(wanted, cancellationToken)).Id : null;
        AuditEvent? what = request.What is { } name ? WireEnum.Parse<AuditEvent>(name) : null;
        var entries = await log.ListAsync(user, what, request.Since, request.Limit + 1, cancellationToken);
        var known = await accounts.ListAsync(cancellationToken);
        var addresses = known.ToDictionary(account => account.User.Id, account => account.User.Email);
        return new AuditEntryList([.. entries.Take(request.Limit).Select(Line)], entries.Count > request.Limit);

        AuditLine Line(AuditEntry entry) =>
            new(
                entry.Id,
                entry.RecordedAt,
                WireEnum.Name(entry.Event),
                entry.Succeeded ? "succeeded" : "refused",
                entry.ActorId?.Value,
                EmailOf(entry.ActorId),
                entry.UserId?.Value,
                EmailOf(entry.UserId),
                entry.WorkflowId?.Value,
                entry.Address,
                entry.Detail
            );

        string? EmailOf(UserId? id) => id is { } account ? addresses.GetValueOrDefault(account) : null;
    }
}
