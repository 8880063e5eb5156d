using System.CommandLine;
using BmadServer.Application.Administration;
using BmadServer.Domain.Common;
using BmadServer.Infrastructure.Auth;
using BmadServer.Infrastructure.Persistence;
using MediatR;

namespace BmadServer.Web.Commands;

internal static class KeyCommands
{
    private static readonly TimeSpan PatienceWithDatabase = TimeSpan.FromSeconds(15);

    public static Command Create(CommandRunner runner) => new("keys", "The key that signs access tokens.") { Rotate(runner) };

    private static Command Rotate(CommandRunner runner)
    {
        var discard = new Option<bool>("--discard-previous")
        {
            Description = "Do not keep the present key: for one that somebody else may know. Each device renews its access token once.",
        };
        var command = new Command(
            "rotate",
            """
            Puts a new key in the place of the one in the data directory. The present one is kept beside it: once the server has started
            again it signs with the new one, and takes tokens signed with the one before for 15 minutes, which is as long as they are valid.

            A key that is configured (Jwt__SigningKey) can only be changed there: then this says how, and ends with 1.
            """
        )
        {
            discard,
        };
        runner.Set(
            command,
            (parsed, services, _) => RotateAsync(services, parsed.GetValue(discard)),
            (outcome, output) =>
            {
                output.WriteLine(outcome.Rotated ? $"There is a new signing key in {outcome.Directory}." : "Nothing was changed: the signing key is configured.");
                for (var i = 0; i < outcome.Steps.Count; i++)
                {
                    output.WriteLine($"{i + 1}. {outcome.Steps[i]}");
                }
            },
            outcome => outcome.Rotated
        );
        return command;
    }

    private static async Task<Rotation> RotateAsync(IServiceProvider services, bool discard)
    {
        var keys = services.GetRequiredService<SigningKeyRotation>();
        if (!keys.IsConfigured)
        {
            keys.Rotate(keepPrevious: !discard);
            List<string> steps = ["Restart the server: until then it signs with the key before."];
            if (!await TryNoteAsync(services, previousKept: !discard))
            {
                steps.Add("The database cannot be used, so the audit log does not say so: note it elsewhere.");
            }

            return new Rotation(Rotated: true, keys.Directory, PreviousKept: !discard, steps);
        }

        return new Rotation(
            Rotated: false,
            Directory: null,
            PreviousKept: null,
            [
                "Make a new key: openssl rand -base64 32",
                "On one node: set Jwt__PreviousSigningKey to the present key and Jwt__SigningKey to the new one, and restart it.",
                "On several nodes: set Jwt__PreviousSigningKey to the new key, and restart one after the other; then swap the two values, and "
                    + "restart one after the other again. So no node signs with a key that another does not know.",
                "From 15 minutes later on, unset Jwt__PreviousSigningKey and restart: until then its tokens are taken.",
                "For a key that somebody else may know: replace Jwt__SigningKey on all nodes at once, and set no previous one.",
            ]
        );
    }

    /// <summary>
    /// A database out of reach must not keep anybody from replacing a key that was stolen. The key is replaced already: whatever happens
    /// here, an interruption too, the operator has to hear of it and of what is left to do.
    /// </summary>
    private static async Task<bool> TryNoteAsync(IServiceProvider services, bool previousKept)
    {
        using var patience = new CancellationTokenSource(PatienceWithDatabase);
        try
        {
            await services.GetRequiredService<DatabaseInspection>().SchemaAsync(patience.Token);
            await services.GetRequiredService<IMediator>().Send(new NoteKeyRotation(previousKept), patience.Token);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }

    /// <param name="Directory">Where the new key lies.</param>
    /// <param name="Steps">What is left for the operator to do.</param>
    private sealed record Rotation(bool Rotated, string? Directory, bool? PreviousKept, IReadOnlyList<string> Steps);
}
