using BmadServer.Domain.Audit;
using BmadServer.Domain.Users;
using Microsoft.EntityFrameworkCore;

namespace BmadServer.Infrastructure.Persistence.Repositories;

internal sealed class AuditLog(AppDbContext db) : IAuditLog
{
    public void Add(AuditEntry entry) => db.AuditEntries.Add(entry);

    public async Task<IReadOnlyList<AuditEntry>> ListAsync(
        UserId? user,
        AuditEvent? what,
        DateTimeOffset? since,
        int limit,
        CancellationToken cancellationToken
    )
    {
        var wanted = db.AuditEntries.AsNoTracking();
        if (user is { } id)
        {
            wanted = wanted.Where(entry => entry.ActorId == id || entry.UserId == id);
        }

        if (what is { } kind)
        {
            wanted = wanted.Where(entry => entry.Event == kind);
        }

        if (since is { } start)
        {
            wanted = wanted.Where(entry => entry.RecordedAt >= start);
        }

        return await wanted
            .OrderByDescending(entry => entry.RecordedAt)
            .ThenByDescending(entry => entry.Id)
            .Take(limit)
            .ToListAsync(cancellationToken);
    }

    public Task<int> DeleteAsync(DateTimeOffset recordedBefore, int limit, CancellationToken cancellationToken) =>
        db
            .AuditEntries.Where(entry => entry.RecordedAt < recordedBefore)
            .OrderBy(entry => entry.RecordedAt)
            .Take(limit)
            .ExecuteDeleteAsync(cancellationToken);
}
