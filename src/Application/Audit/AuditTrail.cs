using BmadServer.Application.Common;
using BmadServer.Domain.Audit;
using BmadServer.Domain.Common;
using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;

namespace BmadServer.Application.Audit;

/// <summary>Writes into the audit log, in the transaction of what it is about, who did it and from where.</summary>
public sealed class AuditTrail(IAuditLog log, ICaller caller, TimeProvider time)
{
    /// <param name="user">Whose account it is about.</param>
    /// <param name="actor">Who did it; null for the caller, if somebody is signed in.</param>
    /// <param name="detail">A few words of the server's own; never what somebody typed.</param>
    public void Record(AuditEvent what, UserId? user, UserId? actor = null, WorkflowId? workflow = null, string? detail = null) =>
        log.Add(
            AuditEntry.Of(
                what,
                time.Now(),
                actor ?? (caller.FamilyId is null ? null : caller.UserId),
                user,
                workflow,
                AddressOf(caller),
                detail
            )
        );

    private static string? AddressOf(ICaller caller) =>
        caller.Address is { IsIPv4MappedToIPv6: true } mapped ? $"{mapped.MapToIPv4()}" : caller.Address?.ToString();
}
