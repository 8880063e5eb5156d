using BmadServer.Domain.Users;
using BmadServer.Domain.Workflows;
using BmadServer.Infrastructure.Auth;
using BmadServer.Infrastructure.Persistence;
using BmadServer.Testing;

namespace BmadServer.Load.Subjects;

/// <summary>Somebody who is signed in.</summary>
internal sealed record Person(Guid Id, string Name, string AccessToken);

/// <summary>
/// The users of a server under test and their workflows, written straight into its database with the server's own model: to register
/// them would take longer than to measure with them. Nobody has a password; their access tokens are signed here.
/// </summary>
internal sealed class Crowd(Func<AppDbContext> open, AccessTokens tokens)
{
    private const int Batch = 1000;

    /// <summary>Longer than any run.</summary>
    private static readonly TimeSpan TokenLifetime = TimeSpan.FromDays(1);

    private readonly List<Person> _people = [];

    /// <summary>As many people as asked for, each with a standing sign-in.</summary>
    public async Task<IReadOnlyList<Person>> GatherAsync(int count, CancellationToken cancellationToken)
    {
        while (_people.Count < count)
        {
            await using var database = open();
            for (var i = 0; i < Batch && _people.Count < count; i++)
            {
                _people.Add(Register(database, _people.Count));
            }

            await database.SaveChangesAsync(cancellationToken);
        }

        return _people[..count];
    }

    /// <summary>Makes workflows; of each, the first of its people is the owner and the others are contributors.</summary>
    /// <param name="members">The people of each workflow, one at least.</param>
    public async Task<IReadOnlyList<Guid>> CreateWorkflowsAsync(
        IReadOnlyList<IReadOnlyList<Person>> members,
        CancellationToken cancellationToken
    )
    {
        var ids = new List<Guid>();
        await using var database = open();
        foreach (var people in members)
        {
            var now = Now();
            var (workflow, owner) = Workflow.Create(new UserId(people[0].Id), people[0].Name, $"Load {ids.Count}", now);
            database.Add(workflow);
            database.Add(owner);
            foreach (var person in people.Skip(1))
            {
                database.Add(workflow.AddParticipant(owner, new UserId(person.Id), person.Name, ParticipantRole.Contributor, now));
            }

            database.AddRange(workflow.TakePendingEvents());
            ids.Add(workflow.Id.Value);
        }

        await database.SaveChangesAsync(cancellationToken);
        return ids;
    }

    private static DateTimeOffset Now()
    {
        var now = TimeProvider.System.GetUtcNow();
        // The databases keep microseconds.
        return now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMicrosecond));
    }

    private Person Register(AppDbContext database, int number)
    {
        var now = Now();
        var email = $"load{number}@example.com";
        var user = new ApplicationUser
        {
            Id = Guid.CreateVersion7(now),
            UserName = email,
            NormalizedUserName = email.ToUpperInvariant(),
            Email = email,
            NormalizedEmail = email.ToUpperInvariant(),
            DisplayName = $"Load {number}",
            CreatedAt = now,
            SecurityStamp = "none",
        };
        var signIn = TokenFamily.Start(new UserId(user.Id), now);
        database.Add(user);
        database.Add(signIn);
        var token = tokens.Create(user.Id, user.DisplayName, signIn.Id.Value, TokenLifetime);
        return new Person(user.Id, user.DisplayName, token);
    }
}
