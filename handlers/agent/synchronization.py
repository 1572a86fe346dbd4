"""The calls of a synchronization, in their order. Contract: agent-v5 6."""

from typing import Any

from handlers.agent.reports import AttributesReport, Completion, checked, moment
from handlers.agent.safe import Call, ComputerHandler, Created
from migas_tornado.db import Connection
from migas_tornado.enrolment.computers import Computer
from migas_tornado.enrolment.representation import computer_object
from migas_tornado.errors import InvalidDataError
from migas_tornado.events import notify
from migas_tornado.inventory.devices import devices_of
from migas_tornado.inventory.hardware_store import is_capture_due, report_hardware
from migas_tornado.inventory.software import report_software
from migas_tornado.models.enumerations import ComputerStatus
from migas_tornado.repositories.sources import source_templates
from migas_tornado.synchronization.attributes import Report, report_attributes
from migas_tornado.synchronization.faults import report_error, report_faults
from migas_tornado.synchronization.questions import fault_definitions, formulas
from migas_tornado.synchronization.record import Completed, record_synchronization
from migas_tornado.synchronization.traits import traits
from migas_tornado.targeting.deployments import deployments_of, today
from migas_tornado.targeting.mandatory import mandatory_packages

ATTRIBUTES_REPORT = AttributesReport()
COMPLETION = Completion()


class PropertiesHandler(ComputerHandler):
    """`computers/properties/`: the formulas to run."""

    live_text = "Getting properties..."

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        return await formulas(database, computer.id)


class AttributesHandler(ComputerHandler):
    """`computers/attributes/`: what the formulas said."""

    writes = True
    live_text = "Sending attributes..."

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        fields = checked(ATTRIBUTES_REPORT, call.claims)
        report = Report(
            uuid=fields["uuid"],
            name=fields["name"],
            fqdn=fields["fqdn"],
            ip_address=fields["ip_address"],
            forwarded_ip_address=self.address,
            user_name=fields["sync_user"],
            user_fullname=fields["sync_fullname"],
            values=fields["sync_attributes"],
        )
        settings = self.services.settings
        await report_attributes(database, computer, call.project, report, settings)
        return Created(
            await computer_object(database, computer.id, call.project, settings, self.site)
        )


class FaultDefinitionsHandler(ComputerHandler):
    """`computers/faults/definitions/`: what to look for."""

    live_text = "Getting fault definitions..."

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        return await fault_definitions(database, computer.id)


class FaultsHandler(ComputerHandler):
    """`computers/faults/`: what was found; nothing, as a rule."""

    live_text = "Sending faults..."

    def changes(self, call: Call) -> bool:
        return bool(call.claims.get("faults"))

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        wanted = "An object name -> text"
        results = self.claim(call, "faults", dict, wanted)
        if not all(isinstance(result, str | None) for result in results.values()):
            raise InvalidDataError({"faults": [f"{wanted} is expected."]})
        return await report_faults(
            database, computer, call.project, results, self.services.settings
        )


class ErrorsHandler(ComputerHandler):
    """`computers/errors/`: what went wrong."""

    writes = True
    live_text = "Sending errors..."

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        description = self.claim(call, "description", str, "A text")
        return Created(
            await report_error(
                database, computer, call.project, description, self.services.settings
            )
        )


class RepositoriesHandler(ComputerHandler):
    """`computers/repositories/`: where packages are."""

    live_text = "Getting repositories..."

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        day = today(self.services.settings.time_zone)
        rows = await deployments_of(database, computer.id, computer.project_id, day)
        return source_templates(rows, call.project)


class MandatoryPackagesHandler(ComputerHandler):
    """`computers/packages/mandatory/`: what to install and remove."""

    live_text = "Getting mandatory packages..."

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        day = today(self.services.settings.time_zone)
        return await mandatory_packages(database, computer.id, computer.project_id, day)


class SoftwareHandler(ComputerHandler):
    """`computers/software/`: what is installed."""

    writes = True
    live_text = "Sending software..."

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        if "inventory" not in call.claims and "history" not in call.claims:
            raise InvalidDataError("Bad request")
        await report_software(database, computer, call.claims.get("inventory"))
        return "Data received"


class HardwareRequiredHandler(ComputerHandler):
    """`computers/hardware/required/`: whether to look at the hardware."""

    live_text = "Getting hardware capture request..."

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        return {"capture": is_capture_due(computer, self.services.settings.hardware_days)}


class HardwareHandler(ComputerHandler):
    """`computers/hardware/`: what the computer is made of."""

    writes = True

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        if "hardware" not in call.claims:
            raise InvalidDataError("Malformed claims")
        await report_hardware(database, computer, call.claims["hardware"])
        return "Data received"


class DevicesHandler(ComputerHandler):
    """`computers/devices/`: printers to set up."""

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        return await devices_of(database, computer)


class TraitsHandler(ComputerHandler):
    """`computers/traits/`: the attributes that resulted."""

    live_text = "Getting traits..."

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        return await traits(database, computer.id)


class SynchronizationsHandler(ComputerHandler):
    """`synchronizations/`: done."""

    writes = True
    live_text = "Sending synchronization..."

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        fields = checked(COMPLETION, call.claims)
        zone = self.services.settings.time_zone
        completed = Completed(
            moment(fields["start_date"], zone), fields["consumer"], fields["pms_status_ok"]
        )
        return Created(
            await record_synchronization(database, computer, call.project, completed, zone)
        )


class EndOfTransmissionHandler(ComputerHandler):
    """`eot/`: goodbye."""

    async def respond_to(self, database: Connection, computer: Computer, call: Call) -> Any:
        self.services.messages.end(computer.id)
        if computer.status == ComputerStatus.AVAILABLE:
            await notify(
                database,
                f"Computer [{computer.name} (CID-{computer.id})] with available status, "
                "has been synchronized",
            )
        return "EOT OK"
