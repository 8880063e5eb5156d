using BmadServer.Application.Common;
using BmadServer.Application.Common.Behaviours;
using BmadServer.Domain.Common;
using FluentValidation;
using MediatR;

namespace BmadServer.Application.UnitTests.Common;

public sealed class ValidationBehaviourTests
{
    private bool _handled;

    [Test]
    public async Task Handle_WhenThereIsNoValidator_ShouldGoOn() => (await HandleAsync()).ShouldBe("handled");

    [Test]
    public async Task Handle_WhenTheRequestIsSound_ShouldGoOn() =>
        (await HandleAsync(Rules(rules => rules.RuleFor(form => form.FirstName).NotEmpty()))).ShouldBe("handled");

    [Test]
    public async Task Handle_WhenTheRequestIsNot_ShouldRefuseItAsInvalidBeforeItsHandlerSeesIt()
    {
        var handle = () => HandleAsync(Rules(rules => rules.RuleFor(form => form.FirstName).Empty()));

        var refusal = await handle.ShouldThrowAsync<ValidationFailedException>();

        (refusal.Code, refusal.Kind, _handled).ShouldBe(("validation.failed", ErrorKind.Invalid, false));
    }

    [Test]
    public async Task Handle_WhenTheRequestIsNot_ShouldNameFieldsInCamelCase()
    {
        var handle = () => HandleAsync(Rules(rules => rules.RuleFor(form => form.FirstName).Empty().WithMessage("Leave it out.")));

        var refusal = await handle.ShouldThrowAsync<ValidationFailedException>();

        refusal.Errors.ShouldHaveSingleItem().Key.ShouldBe("firstName");
    }

    [Test]
    public async Task Handle_WhenSeveralValidatorsRefuseOneField_ShouldGiveAllTheirSentences()
    {
        var handle = () =>
            HandleAsync(
                Rules(rules => rules.RuleFor(form => form.FirstName).Empty().WithMessage("Leave it out.")),
                Rules(rules => rules.RuleFor(form => form.FirstName).Length(9).WithMessage("Nine characters."))
            );

        var refusal = await handle.ShouldThrowAsync<ValidationFailedException>();

        refusal.Errors["firstName"].ShouldBe(["Leave it out.", "Nine characters."]);
    }

    private static InlineValidator<Form> Rules(Action<InlineValidator<Form>> define)
    {
        var rules = new InlineValidator<Form>();
        define(rules);
        return rules;
    }

    private async Task<string> HandleAsync(params IValidator<Form>[] validators) =>
        await new ValidationBehaviour<Form, string>(validators).Handle(
            new Form("Mia"),
            CancellationToken.None,
            () =>
            {
                _handled = true;
                return Task.FromResult("handled");
            }
        );

    public sealed record Form(string FirstName) : IRequest<string>;
}
