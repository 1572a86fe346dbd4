"""Tables of people, what they may do and what they see. Contract: data-model 3.10-3.11."""

from tortoise import fields
from tortoise.models import Model

from migas_tornado.models.links import excluded_attributes, included_attributes, link


class Permission(Model):
    """The right to add, change, delete or view one kind of record."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(255, description="Such as Can add computer")
    app_label = fields.CharField(100, description="Such as client")
    model = fields.CharField(100, description="Such as computer")
    codename = fields.CharField(100, description="Such as add_computer")

    class Meta:
        table = "auth_permission"
        table_description = "Rights"
        unique_together = (("app_label", "model", "codename"),)


class Group(Model):
    """A role: permissions given together."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(150, unique=True, description="Name for people")
    permissions = link(
        "auth_group", "permissions", "Permission", "groups", "Permissions of the group"
    )

    class Meta:
        table = "auth_group"
        table_description = "Roles"


class Account(Model):
    """A person or program that signs in; `client_user` holds the people seen on computers."""

    id = fields.IntField(primary_key=True, description="Key")
    username = fields.CharField(150, unique=True, description="Name to sign in with")
    password = fields.CharField(255, default="", description="Slow hash; empty: cannot sign in")
    first_name = fields.CharField(150, default="", description="First name")
    last_name = fields.CharField(150, default="", description="Last name")
    email = fields.CharField(254, default="", description="Address")
    is_superuser = fields.BooleanField(default=False, description="May do everything")
    is_staff = fields.BooleanField(default=False, description="May use the administration")
    is_active = fields.BooleanField(default=True, description="May sign in")
    last_login = fields.DatetimeField(null=True, description="Last time it signed in")
    date_joined = fields.DatetimeField(auto_now_add=True, description="When it was made")
    groups = fields.ManyToManyField(
        "models.Group",
        through="auth_user_groups",
        backward_key="user_id",
        forward_key="group_id",
        related_name="accounts",
        description="Roles of the account",
    )
    user_permissions = fields.ManyToManyField(
        "models.Permission",
        through="auth_user_user_permissions",
        backward_key="user_id",
        forward_key="permission_id",
        related_name="accounts",
        description="Permissions of the account besides those of its roles",
    )

    class Meta:
        table = "auth_user"
        table_description = "Who signs in"


class Token(Model):
    """A long-lived credential of an account; only its hash is kept."""

    key = fields.CharField(64, primary_key=True, description="SHA-256 of the token")
    user = fields.ForeignKeyField(
        "models.Account", related_name="tokens", db_index=True, description="Account it stands for"
    )
    created = fields.DatetimeField(auto_now_add=True, description="When it was made")

    class Meta:
        table = "authtoken_token"
        table_description = "Hashes of the tokens of accounts"


class Domain(Model):
    """A part of the fleet with administrators of its own."""

    id = fields.IntField(primary_key=True, description="Key")
    name = fields.CharField(50, unique=True, description="Upper case; value of its DMN attribute")
    comment = fields.TextField(null=True, description="Notes of the administrators")
    included_attributes = included_attributes("core_domain", "domain_included")
    excluded_attributes = excluded_attributes("core_domain", "domain_excluded")
    tags = link(
        "core_domain",
        "tags",
        "Attribute",
        "domain_tags",
        "Tags its administrators may use",
        forward_key="serverattribute_id",
    )

    class Meta:
        table = "core_domain"
        table_description = "Parts of the fleet with administrators of their own"


class UserProfile(Model):
    """What an account sees of the fleet."""

    user_ptr = fields.OneToOneField(
        "models.Account", related_name="profile", primary_key=True, description="The account"
    )
    domain_preference = fields.ForeignKeyField(
        "models.Domain",
        related_name="preferred_by",
        null=True,
        on_delete=fields.SET_NULL,
        db_index=True,
        description="Domain looked at now",
    )
    scope_preference_id = fields.IntField(null=True, description="Scope looked at now")
    domains = link(
        "core_userprofile", "domains", "Domain", "administrators", "Domains it administers"
    )

    class Meta:
        table = "core_userprofile"
        table_description = "What accounts see of the fleet"


class Scope(Model):
    """A view of the fleet that an account defined for itself."""

    id = fields.IntField(primary_key=True, description="Key")
    user = fields.ForeignKeyField(
        "models.Account", related_name="scopes", db_index=True, description="Owner"
    )
    name = fields.CharField(50, description="Name for people")
    domain = fields.ForeignKeyField(
        "models.Domain",
        related_name="scopes",
        null=True,
        on_delete=fields.SET_NULL,
        db_index=True,
        description="Domain in which it applies; null everywhere",
    )
    included_attributes = included_attributes("core_scope", "scope_included")
    excluded_attributes = excluded_attributes("core_scope", "scope_excluded")

    class Meta:
        table = "core_scope"
        table_description = "Views of the fleet"
        unique_together = (("name", "domain", "user"),)
